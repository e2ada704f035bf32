package io.vitrine.server.live;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How far a reader is in each topic, as text the id of an event: {@code BOOT-12.0.55.3.1}. */
public final class LivePosition {

    private static final Pattern TEXT =
            Pattern.compile("[0-9a-f]{8}-\\d{1,18}(?:\\.\\d{1,18}){" + (LiveTopic.values().length - 1) + "}");

    private final String boot;
    private final long[] next;

    LivePosition(String boot, long[] next) {
        this.boot = boot;
        this.next = next.clone();
    }

    /** Empty if the text is none, or of another start of the server. */
    static Optional<LivePosition> parse(String text, String boot) {
        if (!TEXT.matcher(text).matches() || !text.startsWith(boot + "-")) {
            return Optional.empty();
        }
        String[] parts = text.substring(boot.length() + 1).split("\\.");
        return Optional.of(new LivePosition(
                boot, Arrays.stream(parts).mapToLong(Long::parseLong).toArray()));
    }

    /** Number of the next event of a topic. */
    long next(LiveTopic topic) {
        return next[topic.ordinal()];
    }

    void moveTo(LiveTopic topic, long number) {
        next[topic.ordinal()] = number;
    }

    @Override
    public String toString() {
        return boot + "-"
                + Arrays.stream(next).mapToObj(Long::toString).collect(Collectors.joining("."));
    }
}
