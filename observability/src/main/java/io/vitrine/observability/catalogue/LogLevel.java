package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How much of a category is written: lines of this level and the graver ones after it. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    /** Nothing. */
    OFF;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As settings write it: {@code debug}. */
    public String label() {
        return label;
    }

    /** The level with this label; empty if none has it. */
    public static Optional<LogLevel> of(String label) {
        return Arrays.stream(values())
                .filter(level -> level.label.equals(label))
                .findFirst();
    }

    /** All of them, as settings write them. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(LogLevel::label).toList();
    }
}
