package io.vitrine.observability.logging;

import java.util.concurrent.atomic.LongAdder;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.DefaultErrorHandler;

/**
 * Counts the lines that an appender could not take. The first few are reported on standard error too, by Log4j's own
 * handler, which then falls silent for minutes.
 */
final class LostLines extends DefaultErrorHandler {

    private final LongAdder count = new LongAdder();

    LostLines(Appender appender) {
        super(appender);
    }

    long count() {
        return count.sum();
    }

    @Override
    public void error(String message) {
        count.increment();
        super.error(message);
    }

    @Override
    public void error(String message, Throwable error) {
        count.increment();
        super.error(message, error);
    }

    @Override
    public void error(String message, LogEvent event, Throwable error) {
        count.increment();
        super.error(message, event, error);
    }
}
