package io.vitrine.server.history;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * Why a request took as long as it did.
 *
 * @param traceKept whether its trace is stored; if not, the stages come from its log event and are coarse
 * @param criticalPath the stages that it waited for, in order; they add up to its duration
 * @param cause the phase that made it slow; absent if it took no time
 * @param phases where its time went; they add up to its duration
 * @param interruptions what stopped everything while it was under way
 * @param preemptions how often it gave its place up
 * @param gpus as read last before the end of the request; by the card's UUID
 * @param summary the same in sentences, the most important first
 */
@JsonInclude(Include.NON_NULL)
public record Slowness(
        String requestId,
        @Nullable String traceId,
        @Nullable String tenantId,
        @Nullable String outcome,
        String start,
        double durationMs,
        boolean traceKept,
        List<StageShare> criticalPath,
        WaitedBehind waitedBehind,
        BatchMet batch,
        CacheUse cache,
        @Nullable Cause cause,
        List<PhaseShare> phases,
        List<Interruption> interruptions,
        int preemptions,
        Map<String, Map<String, Double>> gpus,
        List<String> summary,
        List<String> damagedFiles) {

    /** The same for a reader who does not see every tenant: requests of others without their names. */
    public Slowness seenBy(Predicate<@Nullable String> sees) {
        if (sees.test(null)) {
            return this;
        }
        List<RunningRequest> known = waitedBehind.requests().stream()
                .map(one -> sees.test(one.tenantId())
                        ? one
                        : new RunningRequest("(another tenant's)", null, one.overlapMs()))
                .toList();
        return new Slowness(
                requestId,
                traceId,
                tenantId,
                outcome,
                start,
                durationMs,
                traceKept,
                criticalPath,
                new WaitedBehind(
                        waitedBehind.waitMs(),
                        waitedBehind.requestCount(),
                        known,
                        waitedBehind.stepsWithoutSlot(),
                        waitedBehind.stepsWithoutPages()),
                batch,
                cache,
                cause,
                phases,
                interruptions,
                preemptions,
                gpus,
                // It may name the request that ran longest.
                summary.stream()
                        .filter(sentence -> waitedBehind.requests().stream()
                                .noneMatch(one -> !sees.test(one.tenantId()) && sentence.contains(one.requestId())))
                        .toList(),
                damagedFiles);
    }

    /** The phase that made it slow. */
    public record Cause(String phase, double share, String sentence) {}

    /**
     * A phase.
     *
     * @param share of the request's duration, 0 to 1
     * @param usualMs absent if nothing is known of the hour before
     * @param excessMs beyond that
     * @param evidence what shows it, in sentences
     */
    @JsonInclude(Include.NON_NULL)
    public record PhaseShare(
            String phase,
            double durationMs,
            double share,
            @Nullable Double usualMs,
            @Nullable Double excessMs,
            List<String> evidence) {}

    /**
     * A stage on the way.
     *
     * @param share of the request's duration, 0 to 1
     * @param usualMs the median of that stage over all kept traces of the hour before, absent if there are none
     */
    @JsonInclude(Include.NON_NULL)
    public record StageShare(
            String stage,
            double durationMs,
            double share,
            @Nullable Double usualMs) {}

    /**
     * Who ran while it waited.
     *
     * @param requestCount how many did
     * @param requests those that ran longest in that time
     * @param stepsWithoutSlot steps in which it was first in line and every slot was taken
     * @param stepsWithoutPages steps in which it was first in line and too few pages of keys and values were free
     */
    public record WaitedBehind(
            double waitMs,
            int requestCount,
            List<RunningRequest> requests,
            int stepsWithoutSlot,
            int stepsWithoutPages) {}

    /** A request, and how long it ran while another waited. */
    @JsonInclude(Include.NON_NULL)
    public record RunningRequest(String requestId, @Nullable String tenantId, double overlapMs) {}

    /**
     * The steps that it ran through.
     *
     * @param withPrompts of those, how many computed prompts, its own or others'
     * @param mostWaiting most requests that waited meanwhile
     */
    public record BatchMet(int steps, int smallest, double mean, int largest, int withPrompts, int mostWaiting) {}

    /** Tokens of its prompts, and those of them that were found in the prefix cache. */
    public record CacheUse(long inputTokens, long cachedTokens) {}

    /** A pause of the garbage collector or a stall of its event loop. */
    public record Interruption(String kind, String at, double durationMs) {}
}
