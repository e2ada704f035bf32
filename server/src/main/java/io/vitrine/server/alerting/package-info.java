/**
 * Evaluation of alert rules and objectives in the server: reads the meters, runs the pipeline, writes its state to the
 * ledger.
 */
@NullMarked
package io.vitrine.server.alerting;

import org.jspecify.annotations.NullMarked;
