package io.vitrine.observability.logging;

import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/** Hands lines to Log4j, each with the server's name. Never blocks; after {@link #close} nothing is written. Any thread. */
final class EventLog implements AutoCloseable {

    private final Logger logger;
    private final String serviceName;
    private volatile boolean closed;

    EventLog(Logger logger, String serviceName) {
        this.logger = logger;
        this.serviceName = serviceName;
    }

    void write(Level level, EventMessage message) {
        write(level, message, null);
    }

    /** With the stack trace, type and message of {@code thrown}. */
    void write(Level level, EventMessage message, @Nullable Throwable thrown) {
        if (closed) {
            return;
        }
        message.set(LogField.SERVICE, serviceName);
        if (thrown != null) {
            message.set(thrown);
        }
        logger.log(level, message, thrown);
    }

    @Override
    public void close() {
        closed = true;
    }
}
