/** The server: puts the parts together, starts and stops them in order. */
@NullMarked
package io.vitrine.server;

import org.jspecify.annotations.NullMarked;
