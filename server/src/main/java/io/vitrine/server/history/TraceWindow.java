package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;

/**
 * A part of a trace as detailed as a screen can show it: spans too short for a pixel are merged with their neighbours of the same lane.
 * Offsets are nanoseconds from the trace's start.
 *
 * @param lanes there are in the whole trace
 * @param names that the spans and merged stretches refer to by index
 * @param spans parents first
 */
@JsonInclude(Include.NON_NULL)
public record TraceWindow(
        String traceId,
        @Nullable String tenantId,
        String start,
        long durationNs,
        int spanCount,
        Part window,
        int lanes,
        List<String> names,
        List<Bar> spans,
        List<Merged> merged) {

    /** So many are shown one by one, however short: each can be found and opened. */
    private static final int SMALL = 400;

    /** What the window covers. */
    public record Part(long fromNs, long toNs) {}

    /**
     * One span.
     *
     * @param parent absent for a root
     * @param children direct ones
     */
    @JsonInclude(Include.NON_NULL)
    public record Bar(
            String id,
            @Nullable String parent,
            int name,
            int lane,
            int depth,
            long fromNs,
            long durationNs,
            String status,
            int children) {}

    /** Spans of one lane without a gap that can be seen; the name of the longest. */
    public record Merged(int lane, int depth, int name, long fromNs, long durationNs, int count, int errors) {}

    /**
     * Cuts a window out.
     *
     * @param pixels of the screen
     * @param most spans that are given by themselves; of more, the shorter ones are merged
     */
    static TraceWindow of(TraceShape trace, long from, long to, int pixels, int most) {
        long pixel = Math.max(1, (to - from) / pixels);
        long shortest = shortestShown(trace, from, to, pixel, most);
        List<Bar> bars = new ArrayList<>();
        List<Merged> merged = new ArrayList<>();
        Stretch[] open = new Stretch[trace.laneCount()];
        for (int place : byStart(trace, from, to)) {
            SpanRow span = trace.span(place);
            if (span.durationNanos() >= shortest) {
                bars.add(bar(trace, place));
            } else {
                int lane = trace.lane(place);
                if (open[lane] != null && trace.offset(place) - open[lane].end > pixel) {
                    merged.add(open[lane].merged(lane));
                    open[lane] = null;
                }
                open[lane] = open[lane] == null ? new Stretch(trace, place) : open[lane].with(trace, place);
            }
        }
        for (int lane = 0; lane < open.length; lane++) {
            if (open[lane] != null) {
                merged.add(open[lane].merged(lane));
            }
        }
        bars.sort(Comparator.comparingInt(Bar::depth).thenComparingLong(Bar::fromNs));
        return new TraceWindow(
                trace.traceId(),
                trace.tenantId(),
                Moments.text(trace.startEpochNanos()),
                trace.durationNanos(),
                trace.size(),
                new Part(from, to),
                trace.laneCount(),
                List.copyOf(trace.names()),
                bars,
                merged);
    }

    private static boolean touches(TraceShape trace, int place, long from, long to) {
        long start = trace.offset(place);
        return start <= to && start + trace.span(place).durationNanos() >= from;
    }

    private static List<Integer> byStart(TraceShape trace, long from, long to) {
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < trace.size(); place++) {
            if (touches(trace, place, from, to)) {
                places.add(place);
            }
        }
        places.sort(Comparator.comparingLong(trace::offset));
        return places;
    }

    private static long shortestShown(TraceShape trace, long from, long to, long pixel, int most) {
        long[] durations = new long[trace.size()];
        int count = 0;
        for (int place = 0; place < trace.size(); place++) {
            if (touches(trace, place, from, to)) {
                durations[count++] = trace.span(place).durationNanos();
            }
        }
        if (count <= SMALL) {
            return 0;
        }
        Arrays.sort(durations, 0, count);
        return count <= most ? pixel : Math.max(pixel, durations[count - most] + 1);
    }

    private static Bar bar(TraceShape trace, int place) {
        SpanRow span = trace.span(place);
        return new Bar(
                span.spanId(),
                span.parentId(),
                trace.name(place),
                trace.lane(place),
                trace.depth(place),
                trace.offset(place),
                span.durationNanos(),
                span.status(),
                trace.childCount(place));
    }

    /** A stretch of spans that grows. */
    private static final class Stretch {

        private final long start;
        private final int depth;
        private int name;
        private long longest;
        private long end;
        private int count;
        private int errors;

        private Stretch(TraceShape trace, int place) {
            start = trace.offset(place);
            depth = trace.depth(place);
            name = trace.name(place);
            with(trace, place);
        }

        private Stretch with(TraceShape trace, int place) {
            SpanRow span = trace.span(place);
            end = Math.max(end, trace.offset(place) + span.durationNanos());
            count++;
            errors += span.status().equals("error") ? 1 : 0;
            if (span.durationNanos() > longest) {
                longest = span.durationNanos();
                name = trace.name(place);
            }
            return this;
        }

        private Merged merged(int lane) {
            return new Merged(lane, depth, name, start, end - start, count, errors);
        }
    }
}
