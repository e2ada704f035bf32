package io.vitrine.observability.logging;

import java.util.concurrent.atomic.LongAdder;

import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AsyncAppender;

/**
 * Counts the lines that found a queue full: that is the one error an {@link AsyncAppender} reports by message alone. On the
 * thread that logs, often an event loop, and so without a word on standard error: that may be the same pipe that nobody reads.
 */
final class QueueFullCounter implements ErrorHandler {

    private final LongAdder count = new LongAdder();

    QueueFullCounter() {}

    long count() {
        return count.sum();
    }

    @Override
    public void error(String message) {
        count.increment();
    }

    /** A destination that throws counts its lines itself. */
    @Override
    public void error(String message, Throwable thrown) {}

    @Override
    public void error(String message, LogEvent event, Throwable thrown) {}
}
