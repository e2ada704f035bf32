package io.vitrine.store.sql;

/**
 * What became of the work handed to a {@link GroupCommit} since it was opened.
 *
 * @param committed pieces of work that are durable
 * @param commits transactions they took
 * @param refused pieces turned away because the queue was full or the store closed
 * @param failed pieces that could not be written
 * @param waiting pieces in the queue now
 */
public record WriterCounts(long committed, long commits, long refused, long failed, int waiting) {}
