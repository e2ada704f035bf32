/**
 * Whether a Vitrine server's own telemetry says what its client saw: counters, histograms, logs, spans and ledger, asked over the management
 * port. Names stand in {@code Names} alone; a test holds them to the catalogue in {@code docs/telemetry.md}.
 */
@NullMarked
package io.vitrine.loadtest.truth;

import org.jspecify.annotations.NullMarked;
