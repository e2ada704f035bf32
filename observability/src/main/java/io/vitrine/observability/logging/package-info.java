/**
 * One JSON line a request, and a few about the server itself, by Log4j in the background. The only package that uses Log4j.
 */
@NullMarked
package io.vitrine.observability.logging;

import org.jspecify.annotations.NullMarked;
