package io.vitrine.server.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a trace without its attributes: a place for each span, parents first, siblings by their start. Spans of one lane do not
 * overlap, and a child's lane is below its parent's.
 */
final class TraceShape {

    private final String traceId;
    private final @Nullable String tenantId;
    private final long startEpochNanos;
    private final long durationNanos;
    private final List<String> names = new ArrayList<>();
    private final List<SpanRow> spans;
    private final int[] parents;
    private final int[] depths;
    private final int[] lanes;
    private final int[] nameIndexes;
    private final int[] childCounts;
    private int laneCount;

    /** @param rows of one trace; at least one */
    TraceShape(List<SpanRow> rows) {
        traceId = rows.get(0).traceId();
        tenantId = rows.stream()
                .map(SpanRow::tenantId)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        startEpochNanos =
                rows.stream().mapToLong(SpanRow::startEpochNanos).min().orElse(0);
        durationNanos = rows.stream().mapToLong(TraceShape::end).max().orElse(startEpochNanos) - startEpochNanos;
        int count = rows.size();
        spans = new ArrayList<>(count);
        parents = new int[count];
        depths = new int[count];
        lanes = new int[count];
        nameIndexes = new int[count];
        childCounts = new int[count];
        order(rows);
        layOut();
    }

    private static long end(SpanRow span) {
        return span.startEpochNanos() + span.durationNanos();
    }

    /** Depth first, without recursion: a trace may be as deep as it is long. Spans that are in a circle are roots. */
    private void order(List<SpanRow> rows) {
        List<SpanRow> byStart = new ArrayList<>(rows);
        byStart.sort(Comparator.comparingLong(SpanRow::startEpochNanos));
        Map<String, SpanRow> byId = new HashMap<>();
        byStart.forEach(span -> byId.putIfAbsent(span.spanId(), span));
        Map<String, List<SpanRow>> children = new HashMap<>();
        List<SpanRow> roots = new ArrayList<>();
        for (SpanRow span : byStart) {
            if (span.parentId() == null || !byId.containsKey(span.parentId())) {
                roots.add(span);
            } else {
                children.computeIfAbsent(span.parentId(), id -> new ArrayList<>())
                        .add(span);
            }
        }
        Map<String, Integer> namePlaces = new HashMap<>();
        roots.forEach(root -> placeBelow(root, children, namePlaces));
        for (SpanRow span : byStart) {
            List<SpanRow> left = children.get(span.spanId());
            if (left != null) {
                left.forEach(one -> placeBelow(one, children, namePlaces));
            }
        }
    }

    private record Pending(SpanRow span, int parent) {}

    private void placeBelow(SpanRow root, Map<String, List<SpanRow>> children, Map<String, Integer> namePlaces) {
        Deque<Pending> pending = new ArrayDeque<>();
        pending.push(new Pending(root, -1));
        while (!pending.isEmpty() && spans.size() < parents.length) {
            Pending next = pending.pop();
            int place = spans.size();
            spans.add(next.span());
            parents[place] = next.parent();
            depths[place] = next.parent() < 0 ? 0 : depths[next.parent()] + 1;
            nameIndexes[place] = namePlaces.computeIfAbsent(next.span().name(), name -> {
                names.add(name);
                return names.size() - 1;
            });
            List<SpanRow> below = children.remove(next.span().spanId());
            if (below != null) {
                childCounts[place] = below.size();
                for (int i = below.size() - 1; i >= 0; i--) {
                    pending.push(new Pending(below.get(i), place));
                }
            }
        }
    }

    private void layOut() {
        List<Long> laneEnds = new ArrayList<>();
        for (int place = 0; place < spans.size(); place++) {
            SpanRow span = spans.get(place);
            int lane = parents[place] < 0 ? 0 : lanes[parents[place]] + 1;
            while (lane < laneEnds.size() && laneEnds.get(lane) > span.startEpochNanos()) {
                lane++;
            }
            while (laneEnds.size() <= lane) {
                laneEnds.add(Long.MIN_VALUE);
            }
            laneEnds.set(lane, end(span));
            lanes[place] = lane;
        }
        laneCount = laneEnds.size();
    }

    String traceId() {
        return traceId;
    }

    @Nullable
    String tenantId() {
        return tenantId;
    }

    long startEpochNanos() {
        return startEpochNanos;
    }

    long durationNanos() {
        return durationNanos;
    }

    List<String> names() {
        return names;
    }

    int size() {
        return spans.size();
    }

    int laneCount() {
        return laneCount;
    }

    SpanRow span(int place) {
        return spans.get(place);
    }

    /** -1 for a root. */
    int parent(int place) {
        return parents[place];
    }

    int depth(int place) {
        return depths[place];
    }

    int lane(int place) {
        return lanes[place];
    }

    int name(int place) {
        return nameIndexes[place];
    }

    int childCount(int place) {
        return childCounts[place];
    }

    /** From the trace's start. */
    long offset(int place) {
        return spans.get(place).startEpochNanos() - startEpochNanos;
    }
}
