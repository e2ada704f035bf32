package io.vitrine.observability.logging;

import java.io.PrintStream;

import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.StringLayout;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/**
 * Writes lines to standard output. Stands behind a queue of its own, whose one thread calls it and may be held up for ever:
 * a terminal that is paused, a pipe that nobody reads. So nothing else of it waits, the stop included, which Log4j's own
 * appender's does: it takes the lock that the blocked writer holds.
 */
final class ConsoleAppender extends AbstractAppender {

    private final PrintStream out;
    private final StringLayout layout;

    ConsoleAppender(String name, PrintStream out, StringLayout layout) {
        super(name, null, layout, true, Property.EMPTY_ARRAY);
        this.out = out;
        this.layout = layout;
    }

    /** @throws IllegalStateException if the line could not be written */
    @Override
    public void append(LogEvent event) {
        byte[] line = layout.toByteArray(event);
        out.write(line, 0, line.length);
        if (out.checkError()) {
            throw new IllegalStateException("standard output takes no more");
        }
    }
}
