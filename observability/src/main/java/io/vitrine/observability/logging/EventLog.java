package io.vitrine.observability.logging;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;

/**
 * Hands lines to Log4j, each to its category's logger and with the server's name. Repeats of what comes in floods are
 * sampled on the way. Never blocks; after {@link #close} nothing is written. Any thread.
 */
final class EventLog implements AutoCloseable {

    private final Map<LogCategory, Logger> loggers = new EnumMap<>(LogCategory.class);
    private final String serviceName;
    private final RepeatSampler sampler;
    private volatile boolean closed;

    /** @param loggers by category */
    EventLog(Function<LogCategory, Logger> loggers, String serviceName, RepeatSampler sampler) {
        for (LogCategory category : LogCategory.values()) {
            this.loggers.put(category, loggers.apply(category));
        }
        this.serviceName = serviceName;
        this.sampler = sampler;
    }

    /** Whether a line of this event would be written; asked first where making one is not free. */
    boolean writes(Level level, EventName event) {
        return !closed && logger(event).isEnabled(level);
    }

    void write(Level level, EventMessage message) {
        write(level, message, "");
    }

    /**
     * Writes a line.
     *
     * @param text what tells its repeats from other lines of the same event, error type and logger
     */
    void write(Level level, EventMessage message, String text) {
        if (writes(level, message.event()) && admits(level, message, text)) {
            hand(level, message);
        }
    }

    private boolean admits(Level level, EventMessage message, String text) {
        if (!message.event().repeatsAreSampled()) {
            return true;
        }
        boolean admitted = sampler.admits(new RepeatSampler.Kind(
                message.event(), level, message.text(LogField.ERROR_TYPE), message.text(LogField.LOGGER), text));
        sampler.takeReports().forEach(this::tell);
        return admitted;
    }

    /** Tells what was left out in an interval that is over by now; to be called now and then. */
    void tellRepeats() {
        sampler.endInterval();
        sampler.takeReports().forEach(this::tell);
    }

    private void tell(RepeatSampler.LeftOut leftOut) {
        RepeatSampler.Kind kind = leftOut.kind();
        if (writes(kind.level(), EventName.REPEATS_LEFT_OUT)) {
            hand(
                    kind.level(),
                    new EventMessage(EventName.REPEATS_LEFT_OUT)
                            .set(LogField.REPEATED_EVENT, kind.event().label())
                            .set(LogField.LEFT_OUT, leftOut.count())
                            .setMillis(LogField.INTERVAL_MS, leftOut.intervalNanos())
                            .set(LogField.ERROR_TYPE, kind.errorType())
                            .set(LogField.LOGGER, kind.logger()));
        }
    }

    private void hand(Level level, EventMessage message) {
        logger(message.event()).log(level, message.set(LogField.SERVICE, serviceName));
    }

    private Logger logger(EventName event) {
        return Objects.requireNonNull(loggers.get(event.category()));
    }

    /** Tells what was left out until now. */
    @Override
    public void close() {
        sampler.endNow();
        sampler.takeReports().forEach(this::tell);
        closed = true;
    }
}
