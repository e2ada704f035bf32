/** Fills the store with what telemetry tells: spans, log events, steps, meters, GPUs; and looks after its files. */
@NullMarked
package io.vitrine.server.archive;

import org.jspecify.annotations.NullMarked;
