package io.vitrine.observability.tracing;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.TracingStats;
import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;
import io.vitrine.observability.catalogue.SpanLoss;

/** Counts what tracing does itself. Any thread. */
final class TracingCounts implements TracingStats {

    private final Map<KeepReason, LongAdder> keptTraces = perValue(KeepReason.class);
    private final Map<DropReason, LongAdder> droppedTraces = perValue(DropReason.class);
    private final Map<SpanLoss, LongAdder> lostSpans = perValue(SpanLoss.class);
    private final LongAdder exportedSpans = new LongAdder();
    private final ExportCounts exports;
    private final LongAdder failures = new LongAdder();
    private final List<SpanQueue> queues = new CopyOnWriteArrayList<>();

    /** @param exports of batches sent by OTLP */
    TracingCounts(ExportCounts exports) {
        this.exports = exports;
    }

    @Override
    public long keptTraces(KeepReason reason) {
        return sum(keptTraces, reason);
    }

    @Override
    public long droppedTraces(DropReason reason) {
        return sum(droppedTraces, reason);
    }

    @Override
    public long lostSpans(SpanLoss reason) {
        return sum(lostSpans, reason);
    }

    @Override
    public long exportedSpans() {
        return exportedSpans.sum();
    }

    @Override
    public long failures() {
        return failures.sum();
    }

    @Override
    public int waitingSpans() {
        return queues.stream().mapToInt(SpanQueue::size).sum();
    }

    @Override
    public double lagSeconds() {
        return queues.stream().mapToDouble(SpanQueue::lagSeconds).max().orElse(0);
    }

    @Override
    public ExportCounts exports() {
        return exports;
    }

    void kept(KeepReason reason) {
        add(keptTraces, reason, 1);
    }

    void dropped(DropReason reason) {
        add(droppedTraces, reason, 1);
    }

    void lost(SpanLoss reason, long spans) {
        add(lostSpans, reason, spans);
    }

    /** So many spans have reached a back-end. */
    void exported(long spans) {
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
