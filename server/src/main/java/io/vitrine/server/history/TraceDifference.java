package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two traces, stage by stage: spans of the same names on the way from the root are added up.
 *
 * @param stages in the order in which they came, those of the left first
 */
public record TraceDifference(Side left, Side right, List<Stage> stages) {

    /** One of the traces. */
    public record Side(String traceId, String start, double durationMs, int spanCount) {

        private static Side of(TraceShape trace) {
            return new Side(
                    trace.traceId(),
                    Moments.text(trace.startEpochNanos()),
                    Moments.millis(trace.durationNanos()),
                    trace.size());
        }
    }

    /**
     * Spans of one place in the tree.
     *
     * @param path names from the root on, with slashes between
     * @param differenceMs of the right, from the left
     */
    public record Stage(
            String path,
            String name,
            int depth,
            double leftMs,
            double rightMs,
            int leftCount,
            int rightCount,
            double differenceMs) {}

    private static final int MOST_STAGES = 1_000;

    private static final class Sum {
        private final String name;
        private final int depth;
        private final long[] nanos = new long[2];
        private final int[] counts = new int[2];

        private Sum(String name, int depth) {
            this.name = name;
            this.depth = depth;
        }
    }

    static TraceDifference of(TraceShape left, TraceShape right) {
        Map<String, Sum> sums = new LinkedHashMap<>();
        add(left, 0, sums);
        add(right, 1, sums);
        List<Stage> stages = new ArrayList<>();
        sums.forEach((path, sum) -> stages.add(new Stage(
                path,
                sum.name,
                sum.depth,
                Moments.millis(sum.nanos[0]),
                Moments.millis(sum.nanos[1]),
                sum.counts[0],
                sum.counts[1],
                Moments.millis(sum.nanos[1] - sum.nanos[0]))));
        return new TraceDifference(Side.of(left), Side.of(right), stages);
    }

    private static void add(TraceShape trace, int side, Map<String, Sum> sums) {
        String[] paths = new String[trace.size()];
        for (int place = 0; place < trace.size(); place++) {
            String name = trace.span(place).name();
            paths[place] = trace.parent(place) < 0 ? name : paths[trace.parent(place)] + "/" + name;
            Sum sum = sums.get(paths[place]);
            if (sum == null && sums.size() < MOST_STAGES) {
                sum = new Sum(name, trace.depth(place));
                sums.put(paths[place], sum);
            }
            if (sum != null) {
                sum.nanos[side] += trace.span(place).durationNanos();
                sum.counts[side]++;
            }
        }
    }
}
