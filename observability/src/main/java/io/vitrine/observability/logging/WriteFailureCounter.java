package io.vitrine.observability.logging;

import java.util.concurrent.atomic.LongAdder;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the file or the console and counts the lines that it could not take: a full disk, say. The file reports the
 * first few on standard error itself.
 */
final class WriteFailureCounter extends AbstractAppender {

    private final Appender destination;
    private final LongAdder count = new LongAdder();

    WriteFailureCounter(String name, Appender destination, @Nullable Filter filter) {
        super(name, filter, null, true, Property.EMPTY_ARRAY);
        this.destination = destination;
    }

    long count() {
        return count.sum();
    }

    @Override
    public void append(LogEvent event) {
        try {
            destination.append(event);
        } catch (RuntimeException e) {
            count.increment();
        }
    }
}
