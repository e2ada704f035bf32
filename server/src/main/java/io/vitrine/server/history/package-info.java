/** Answers questions about stored telemetry: traces, logs, meters, stages, and why a request was slow. Knows no HTTP. */
@NullMarked
package io.vitrine.server.history;

import org.jspecify.annotations.NullMarked;
