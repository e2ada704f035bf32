package io.vitrine.store.telemetry;

/**
 * What became of one signal's rows since the store was opened.
 *
 * @param accepted taken into the queue
 * @param dropped turned away, the queue being full or the store closed
 * @param written committed to a day file
 * @param lost accepted, and then not written: the disk failed, or the time was too far from now
 */
public record SignalCounts(long accepted, long dropped, long written, long lost) {}
