package io.vitrine.server.live;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** The latest events of each topic. Any thread; nothing waits but for a short lock. */
public final class LiveFeed {

    private static final int BOOT_DIGITS = 8;

    private final String boot = UUID.randomUUID().toString().substring(0, BOOT_DIGITS);
    private final Map<LiveTopic, Ring> rings = new EnumMap<>(LiveTopic.class);
    private long published;

    /** @param capacity events of each topic */
    public LiveFeed(int capacity) {
        for (LiveTopic topic : LiveTopic.values()) {
            rings.put(topic, new Ring(capacity));
        }
    }

    /**
     * Something that happened.
     *
     * @param order of all events
     * @param tenantId whose it is, if it is one's
     * @param content made into JSON by its readers
     */
    public record LiveEvent(
            LiveTopic topic, long order, @Nullable String tenantId, Object content) {}

    private static final class Ring {
        private final @Nullable LiveEvent[] events;
        private long next;

        private Ring(int capacity) {
            events = new LiveEvent[capacity];
        }

        private long oldest() {
            return Math.max(0, next - events.length);
        }
    }

    public void publish(LiveTopic topic, @Nullable String tenantId, Object content) {
        synchronized (rings) {
            Ring ring = ring(topic);
            ring.events[(int) (ring.next % ring.events.length)] = new LiveEvent(topic, published++, tenantId, content);
            ring.next++;
        }
    }

    private Ring ring(LiveTopic topic) {
        return Objects.requireNonNull(rings.get(topic));
    }

    /** A name of this start of the server. */
    public String boot() {
        return boot;
    }

    /** Behind the latest events. */
    public LivePosition end() {
        synchronized (rings) {
            Map<LiveTopic, Long> next = new EnumMap<>(LiveTopic.class);
            rings.forEach((topic, ring) -> next.put(topic, ring.next));
            return new LivePosition(boot, next);
        }
    }

    /** Where a reader goes on that has seen the event of this id; empty if it is of another start, or none. */
    public Optional<LivePosition> after(String id) {
        return LivePosition.parse(id, boot);
    }

    /**
     * What a reader gets at once.
     *
     * @param lost events that were overwritten before they were read
     */
    public record Batch(long lost, List<LiveEvent> events, List<String> ids) {}

    /**
     * Reads on, in the order of all topics, and moves the position.
     *
     * @param wanted events that the reader wants; others are passed over
     */
    public Batch read(LivePosition position, Set<LiveTopic> topics, Predicate<LiveEvent> wanted, int most) {
        long lost = 0;
        List<LiveEvent> found = new ArrayList<>();
        synchronized (rings) {
            for (LiveTopic topic : topics) {
                Ring ring = ring(topic);
                // One from the future is a made-up one.
                long from = Math.min(position.next(topic), ring.next);
                lost += Math.max(0, ring.oldest() - from);
                position.moveTo(topic, Math.max(from, ring.oldest()));
                long last = Math.min(ring.next, position.next(topic) + most);
                for (long number = position.next(topic); number < last; number++) {
                    LiveEvent event = ring.events[(int) (number % ring.events.length)];
                    if (event != null) {
                        found.add(event);
                    }
                }
            }
        }
        found.sort(Comparator.comparingLong(LiveEvent::order));
        List<LiveEvent> events = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (LiveEvent event : found.subList(0, Math.min(most, found.size()))) {
            position.moveTo(event.topic(), position.next(event.topic()) + 1);
            if (wanted.test(event)) {
                events.add(event);
                ids.add(position.toString());
            }
        }
        return new Batch(lost, events, ids);
    }
}
