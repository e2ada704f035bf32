/**
 * Every name the outside sees: meters with their units, meanings and labels, log events and log fields. A name written
 * anywhere else is a mistake, and a test says so.
 */
@NullMarked
package io.vitrine.observability.catalogue;

import org.jspecify.annotations.NullMarked;
