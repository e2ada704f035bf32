package io.vitrine.server.history;

import java.util.List;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * Who ran beside a request, and the steps that they shared. Times are milliseconds from the request's start.
 *
 * @param requests those that shared the longest time first
 */
public record Neighbours(String requestId, String start, List<Neighbour> requests, List<SharedStep> steps) {

    /**
     * A request that had a slot at the same time.
     *
     * @param requestId absent where the reader does not see its tenant
     */
    @JsonInclude(Include.NON_NULL)
    public record Neighbour(
            @Nullable String requestId,
            @Nullable String tenantId,
            double overlapMs,
            double fromMs,
            double toMs,
            @Nullable Long inputTokens,
            @Nullable Long outputTokens) {}

    /** A step in the time in which it ran. */
    public record SharedStep(
            double atMs, double durationMs, String phase, int batchSize, int prefillTokens, int decodeTokens) {}

    /** The same for a reader who does not see every tenant. */
    Neighbours seenBy(Predicate<@Nullable String> sees) {
        return new Neighbours(
                requestId,
                start,
                requests.stream()
                        .map(one -> sees.test(one.tenantId())
                                ? one
                                : new Neighbour(null, null, one.overlapMs(), one.fromMs(), one.toMs(), null, null))
                        .toList(),
                steps);
    }
}
