package io.vitrine.observability.logging;

import java.util.EnumMap;
import java.util.Map;

import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.LogLevel;
import org.apache.logging.log4j.Level;

/**
 * How much of each category is written; changed while the server runs, which is itself logged. Any thread.
 *
 * <p>What libraries log comes in at WARN and above and no level changes that: what they say at DEBUG may hold the bytes of
 * requests.
 */
public final class LogLevels {

    private final LogConfiguration configuration;
    private final EventLog log;

    LogLevels(LogConfiguration configuration, EventLog log) {
        this.configuration = configuration;
        this.log = log;
    }

    /** Every category with its level. */
    public Map<LogCategory, LogLevel> all() {
        Map<LogCategory, LogLevel> levels = new EnumMap<>(LogCategory.class);
        for (LogCategory category : LogCategory.values()) {
            levels.put(category, configuration.level(category));
        }
        return levels;
    }

    /** Whether a category may have a level: {@code audit} may not be quieter than INFO, or it would not be an audit. */
    public static boolean allows(LogCategory category, LogLevel level) {
        return category != LogCategory.AUDIT || level.compareTo(LogLevel.INFO) <= 0;
    }

    /**
     * Changes one category from the next line on; nothing is logged if it has the level already.
     *
     * @throws IllegalArgumentException if {@link #allows} says no; nothing is changed
     */
    public synchronized void change(LogCategory category, LogLevel level) {
        if (!allows(category, level)) {
            throw new IllegalArgumentException(category.label() + " must be info, debug or trace: " + level.label());
        }
        LogLevel previous = configuration.level(category);
        if (previous != level) {
            configuration.setLevel(category, level);
            log.write(
                    Level.INFO,
                    new EventMessage(EventName.LOG_LEVEL_CHANGED)
                            .set(LogField.CHANGED_CATEGORY, category.label())
                            .set(LogField.PREVIOUS_LEVEL, previous.label())
                            .set(LogField.CHANGED_LEVEL, level.label()));
        }
    }
}
