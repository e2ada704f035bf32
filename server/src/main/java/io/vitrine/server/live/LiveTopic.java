package io.vitrine.server.live;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be followed. */
public enum LiveTopic {
    /** Meters, each second. */
    OVERVIEW,
    /** Requests that have ended. */
    REQUESTS,
    /** Log events. */
    LOGS,
    /** Steps of the engine, some at a time, and who has which slot. */
    STEPS,
    /** Log events of alerts. */
    ALERTS;

    /** As in the address and in the stream. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(LiveTopic::label).toList();
    }

    public static Optional<LiveTopic> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(topic -> topic.label().equals(label))
                .findFirst();
    }

    /** Whether the events of this topic are each about one tenant at most, and may be shown to it. */
    public boolean ofTenants() {
        return this == REQUESTS || this == LOGS;
    }
}
