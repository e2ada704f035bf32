package io.vitrine.loadtest.workload;

import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is sent when. Arrivals are those of conversations; a later turn is due when the answer before it has ended and the think time is over.
 *
 * @param thinkNanos between the end of an answer and the next turn
 */
public record Plan(Pacing pacing, RequestSource source, long thinkNanos) {

    /** Conversations of a plan that only time ends. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** When conversations begin. */
    public sealed interface Pacing {

        /** Conversations at most. */
        int size();

        /** How long conversations begin; empty if only their number ends them. */
        OptionalLong durationNanos();
    }

    /**
     * At fixed times, whatever the server does.
     *
     * @param intendedNanos from the start, ascending; lent
     * @param steady whether the rate is the same throughout, so that a drift of the latencies is the server's
     */
    public record Open(long[] intendedNanos, long endNanos, boolean steady) implements Pacing {

        @Override
        public int size() {
            return intendedNanos.length;
        }

        @Override
        public OptionalLong durationNanos() {
            return OptionalLong.of(endNanos);
        }
    }

    /** As many at once as there are lanes; each lane begins a conversation when the one before has ended. */
    public record Closed(int lanes, int size, OptionalLong durationNanos) implements Pacing {

        public Closed {
            if (lanes < 1 || lanes > 100_000) {
                throw new IllegalArgumentException("concurrency must be from 1 to 100000: " + lanes);
            }
            if (size < 1) {
                throw new IllegalArgumentException("a run must have >= 1 request: " + size);
            }
            if (size == UNLIMITED && durationNanos.isEmpty()) {
                throw new IllegalArgumentException("a run needs a number of requests or a duration");
            }
        }
    }

    public Plan {
        if (thinkNanos < 0) {
            throw new IllegalArgumentException("the think time must be >= 0: " + thinkNanos);
        }
    }

    /** Every {@code parts}-th conversation from {@code part} on, and that share of the lanes; for an event loop of its own. */
    public Plan part(int part, int parts) {
        if (parts == 1) {
            return this;
        }
        return new Plan(part(pacing, part, parts), index -> source.conversation(part + index * parts), thinkNanos);
    }

    private static Pacing part(Pacing pacing, int part, int parts) {
        if (pacing instanceof Open open) {
            long[] times = IntStream.iterate(part, index -> index < open.size(), index -> index + parts)
                    .mapToLong(index -> open.intendedNanos()[index])
                    .toArray();
            return new Open(times, open.endNanos(), open.steady());
        }
        Closed closed = (Closed) pacing;
        int size = closed.size() == UNLIMITED ? UNLIMITED : share(closed.size(), part, parts);
        return new Closed(share(closed.lanes(), part, parts), size, closed.durationNanos());
    }

    /** Of {@code whole} things dealt out one at a time, those that a part gets. */
    private static int share(int whole, int part, int parts) {
        return whole / parts + (part < whole % parts ? 1 : 0);
    }

    /** The whole plan as one line of JSON a request, the same bytes for the same settings and seed; of a plan that has an end. */
    public Stream<String> lines() {
        if (pacing.size() == UNLIMITED) {
            throw new IllegalArgumentException("a plan without a number of requests has no end");
        }
        return IntStream.range(0, pacing.size()).boxed().flatMap(index -> {
            String at = pacing instanceof Open open ? Long.toString(open.intendedNanos()[index]) : "null";
            return source.conversation(index).stream().map(request -> PlanLine.of(request, at));
        });
    }
}
