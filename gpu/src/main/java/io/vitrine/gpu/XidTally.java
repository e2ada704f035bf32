package io.vitrine.gpu;

import java.time.Instant;

/**
 * How often one XID came on one GPU since the probe began, and when last: a counter, never a "last value" that hides a repeat.
 *
 * @param xid the code and what it means
 * @param count how often
 * @param lastAt when last
 */
public record XidTally(Xid xid, long count, Instant lastAt) {}
