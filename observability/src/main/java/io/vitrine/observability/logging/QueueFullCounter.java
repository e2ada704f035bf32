package io.vitrine.observability.logging;

import java.util.concurrent.atomic.LongAdder;

import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.appender.DefaultErrorHandler;

/**
 * Counts the lines that found the queue full: that is the one error an {@link AsyncAppender} reports by message alone. The
 * first few are reported on standard error too, by Log4j's own handler, which then falls silent for minutes.
 */
final class QueueFullCounter extends DefaultErrorHandler {

    private final LongAdder count = new LongAdder();

    QueueFullCounter(AsyncAppender queue) {
        super(queue);
    }

    long count() {
        return count.sum();
    }

    @Override
    public void error(String message) {
        count.increment();
        super.error(message);
    }
}
