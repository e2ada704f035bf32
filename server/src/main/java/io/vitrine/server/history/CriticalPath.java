package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.observability.catalogue.SpanName;
import io.vitrine.store.telemetry.SpanRow;

/**
 * Which stages a request waited for, one after the other: walks back from the end of the trace, always into the span that ended last, and
 * gives what no child covers to the parent. The parts add up to the root, whatever ran at the same time.
 */
final class CriticalPath {

    /** What is below these are sums over steps, laid one after the other: where time went, and not when. */
    private static final Set<String> WHOLE = Set.of(SpanName.PREFILL.label(), SpanName.DECODE.label());

    private final Map<String, List<SpanRow>> children = new HashMap<>();
    private final Map<String, Long> nanos = new HashMap<>();
    /** When each stage was first waited for. */
    private final Map<String, Long> since = new HashMap<>();

    private CriticalPath(List<SpanRow> spans) {
        for (SpanRow span : spans) {
            if (span.parentId() != null) {
                children.computeIfAbsent(span.parentId(), id -> new ArrayList<>())
                        .add(span);
            }
        }
        children.values()
                .forEach(list ->
                        list.sort(Comparator.comparingLong(CriticalPath::end).reversed()));
    }

    /** Nanoseconds by stage, in the order in which the stages came; of the trace below {@code root}. */
    static Map<String, Long> of(SpanRow root, List<SpanRow> spans) {
        CriticalPath path = new CriticalPath(spans);
        path.walk(root, root.startEpochNanos(), end(root));
        Map<String, Long> inOrder = new LinkedHashMap<>();
        path.since.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(stage -> inOrder.put(stage.getKey(), path.nanos.getOrDefault(stage.getKey(), 0L)));
        return inOrder;
    }

    /** The part of {@code span} from {@code from} to {@code to}. */
    private void walk(SpanRow span, long from, long to) {
        long cursor = to;
        // Taken out: no span is walked twice, whatever a damaged file says.
        List<SpanRow> below = WHOLE.contains(span.name()) ? null : children.remove(span.spanId());
        if (below != null) {
            for (SpanRow child : below) {
                long start = Math.max(from, child.startEpochNanos());
                long end = Math.min(cursor, end(child));
                if (start < end) {
                    add(span, end, cursor);
                    walk(child, start, end);
                    cursor = start;
                }
            }
        }
        add(span, from, cursor);
    }

    private void add(SpanRow span, long from, long to) {
        if (to > from) {
            nanos.merge(span.name(), to - from, Long::sum);
            since.merge(span.name(), from, Math::min);
        }
    }

    private static long end(SpanRow span) {
        return span.startEpochNanos() + span.durationNanos();
    }
}
