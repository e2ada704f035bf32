/** Turns what engine and server report into metrics, spans and log lines. */
@NullMarked
package io.vitrine.observability;

import org.jspecify.annotations.NullMarked;
