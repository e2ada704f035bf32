package io.vitrine.observability.tracing;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;

/** What tracing does itself, counted since the start; for meters to read. Any thread. */
public final class TracingStats {

    private final Map<KeepReason, LongAdder> keptTraces = perValue(KeepReason.class);
    private final Map<DropReason, LongAdder> droppedTraces = perValue(DropReason.class);
    private final Map<DropReason, LongAdder> lostSpans = perValue(DropReason.class);
    private final LongAdder exportedSpans = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final List<SpanQueue> queues = new CopyOnWriteArrayList<>();

    /** Traces that were kept for this reason. */
    public long keptTraces(KeepReason reason) {
        return sum(keptTraces, reason);
    }

    /** Traces that were not kept. */
    public long droppedTraces(DropReason reason) {
        return sum(droppedTraces, reason);
    }

    /** Spans of kept traces that did not reach a back-end, once for each that missed them. */
    public long lostSpans(DropReason reason) {
        return sum(lostSpans, reason);
    }

    /** Spans that a back-end has taken, once for each. */
    public long exportedSpans() {
        return exportedSpans.sum();
    }

    /** Requests whose trace could not be made; always a fault of ours. */
    public long failures() {
        return failures.sum();
    }

    /** Spans that wait for an exporter, over all of them. */
    public int waitingSpans() {
        return queues.stream().mapToInt(SpanQueue::size).sum();
    }

    /** How long the oldest of them has waited. */
    public double lagSeconds() {
        return queues.stream().mapToDouble(SpanQueue::lagSeconds).max().orElse(0);
    }

    void kept(KeepReason reason) {
        add(keptTraces, reason, 1);
    }

    void dropped(DropReason reason) {
        add(droppedTraces, reason, 1);
    }

    void lost(DropReason reason, int spans) {
        add(lostSpans, reason, spans);
    }

    void exported(int spans) {
        exportedSpans.add(spans);
    }

    void failed() {
        failures.increment();
    }

    void watch(Collection<SpanQueue> watched) {
        queues.addAll(watched);
    }

    private static <E extends Enum<E>> Map<E, LongAdder> perValue(Class<E> type) {
        Map<E, LongAdder> counts = new EnumMap<>(type);
        Arrays.stream(type.getEnumConstants()).forEach(value -> counts.put(value, new LongAdder()));
        return counts;
    }

    private static <E extends Enum<E>> long sum(Map<E, LongAdder> counts, E value) {
        LongAdder count = counts.get(value);
        return count == null ? 0 : count.sum();
    }

    private static <E extends Enum<E>> void add(Map<E, LongAdder> counts, E value, long amount) {
        LongAdder count = counts.get(value);
        if (count != null) {
            count.add(amount);
        }
    }
}
