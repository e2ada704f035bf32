package io.vitrine.store.ledger;

/**
 * What became of the reservations that a crash had left.
 *
 * @param settled their requests had been charged, so they are spent
 * @param refunded their requests never ended, so nothing is owed
 */
public record Recovery(int settled, int refunded) {}
