/**
 * Delivery of notifications: takes them from the ledger's outbox and sends each to its receiver until that accepts it,
 * at least once, in order for each receiver and group. Receivers are configuration; their secrets appear in no log,
 * error or answer.
 */
@NullMarked
package io.vitrine.server.alerting.delivery;

import org.jspecify.annotations.NullMarked;
