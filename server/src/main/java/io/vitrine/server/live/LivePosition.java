package io.vitrine.server.live;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How far a reader is in each topic, as text the id of an event: {@code BOOT-12.0.55.3.1}. For one reader. */
public final class LivePosition {

    private static final Pattern TEXT =
            Pattern.compile("[0-9a-f]{8}-\\d{1,18}(?:\\.\\d{1,18}){" + (LiveTopic.values().length - 1) + "}");

    private final String boot;
    /** Of every topic, in their order. */
    private final Map<LiveTopic, Long> next;

    LivePosition(String boot, Map<LiveTopic, Long> next) {
        this.boot = boot;
        this.next = new EnumMap<>(next);
    }

    /** Empty if the text is none, or of another start of the server. */
    static Optional<LivePosition> parse(String text, String boot) {
        if (!TEXT.matcher(text).matches() || !text.startsWith(boot + "-")) {
            return Optional.empty();
        }
        String[] parts = text.substring(boot.length() + 1).split("\\.", -1);
        Map<LiveTopic, Long> next = new EnumMap<>(LiveTopic.class);
        for (LiveTopic topic : LiveTopic.values()) {
            next.put(topic, Long.parseLong(parts[next.size()]));
        }
        return Optional.of(new LivePosition(boot, next));
    }

    /** Number of the next event of a topic. */
    long next(LiveTopic topic) {
        return next.getOrDefault(topic, 0L);
    }

    void moveTo(LiveTopic topic, long number) {
        next.put(topic, number);
    }

    @Override
    public String toString() {
        return boot + "-" + next.values().stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
