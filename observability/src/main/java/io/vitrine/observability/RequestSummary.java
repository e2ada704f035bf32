package io.vitrine.observability;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.vitrine.model.engine.FinishReason;

/**
 * What became of one HTTP request: everything its log line, its meters and later its span and ledger entry are made from,
 * so that they agree to the nanosecond and to the token.
 *
 * <p>Times are nanoseconds of the {@link io.vitrine.model.engine.NanoClock} that the engine uses too.
 *
 * @param requestId as in the answer's {@code x-request-id}
 * @param modelName the served name from the configuration, never the client's spelling; absent if no model was chosen: a
 *     route without one, an unreadable body, an unknown model
 * @param tenantId whose it was; {@link #UNKNOWN_TENANT} if nobody was asked, or the answer was not good
 * @param status the one sent, or 499 if the client left before one could be
 * @param streamed whether the answer went out as server-sent events
 * @param startNanos when the request's head had arrived
 * @param endNanos when it was over
 * @param queueNanos from the first choice's submission to the first admission of any choice; absent if none was admitted
 * @param timeToFirstTokenNanos from {@code startNanos} to the first token of any choice; absent if there was none
 * @param tokens sums over the choices, as the answer's usage states them; {@link Tokens#NONE} if nothing was generated
 * @param choices sequences submitted to the engine; 0 if it never came to that
 * @param finishReason of the choice with index 0; absent if it was never submitted
 * @param errorType absent if {@code outcome} is completed or cancelled, present otherwise
 * @param batchSize sequences with a slot when the first of the request's got one, itself included; absent if none did
 * @param gpuId the device that the model runs on; absent on the CPU, or if no model was chosen
 * @param charge absent if the engine never took it in
 * @param trace absent if no trace follows the request
 * @param traceKept whether its trace goes to the back-ends
 * @param longest of its sequences' times
 */
public record RequestSummary(
        String requestId,
        Route route,
        Optional<String> modelName,
        String tenantId,
        Outcome outcome,
        int status,
        boolean streamed,
        long startNanos,
        long endNanos,
        OptionalLong queueNanos,
        OptionalLong timeToFirstTokenNanos,
        Tokens tokens,
        int choices,
        Optional<FinishReason> finishReason,
        Optional<ErrorType> errorType,
        OptionalInt batchSize,
        Optional<String> gpuId,
        Optional<RequestCharge> charge,
        Optional<TraceIds> trace,
        boolean traceKept,
        LongestTimes longest) {

    /** The tenant of every request that needs no key. */
    public static final String DEFAULT_TENANT = "default";

    /** Whose request it was that nobody answers for; no tenant can be called so. */
    public static final String UNKNOWN_TENANT = "_unknown";

    /** The client left before a status could be sent; nginx's number, which log tools know. */
    public static final int STATUS_CLIENT_GONE = 499;

    public RequestSummary {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status must be in [100, 599]: " + status);
        }
        // A difference, since the clock's origin is arbitrary and its numbers may wrap.
        if (endNanos - startNanos < 0) {
            throw new IllegalArgumentException(
                    "endNanos must not be before startNanos: " + endNanos + ", " + startNanos);
        }
        if (choices < 0) {
            throw new IllegalArgumentException("choices must be >= 0: " + choices);
        }
        boolean faulty = outcome != Outcome.COMPLETED && outcome != Outcome.CANCELLED;
        if (errorType.isPresent() != faulty) {
            throw new IllegalArgumentException("errorType does not go with outcome " + outcome + ": " + errorType);
        }
    }

    /** Of a request that no trace follows. */
    public RequestSummary(
            String requestId,
            Route route,
            Optional<String> modelName,
            String tenantId,
            Outcome outcome,
            int status,
            boolean streamed,
            long startNanos,
            long endNanos,
            OptionalLong queueNanos,
            OptionalLong timeToFirstTokenNanos,
            Tokens tokens,
            int choices,
            Optional<FinishReason> finishReason,
            Optional<ErrorType> errorType,
            OptionalInt batchSize,
            Optional<String> gpuId,
            Optional<RequestCharge> charge) {
        this(
                requestId,
                route,
                modelName,
                tenantId,
                outcome,
                status,
                streamed,
                startNanos,
                endNanos,
                queueNanos,
                timeToFirstTokenNanos,
                tokens,
                choices,
                finishReason,
                errorType,
                batchSize,
                gpuId,
                charge,
                Optional.empty(),
                false,
                LongestTimes.NONE);
    }

    /** The same, with its trace. */
    public RequestSummary withTrace(TraceIds ids, boolean kept) {
        return with(Optional.of(ids), kept, longest);
    }

    /** The same, with the longest times of its sequences. */
    public RequestSummary withLongest(LongestTimes times) {
        return with(trace, traceKept, times);
    }

    private RequestSummary with(Optional<TraceIds> ids, boolean kept, LongestTimes times) {
        return new RequestSummary(
                requestId,
                route,
                modelName,
                tenantId,
                outcome,
                status,
                streamed,
                startNanos,
                endNanos,
                queueNanos,
                timeToFirstTokenNanos,
                tokens,
                choices,
                finishReason,
                errorType,
                batchSize,
                gpuId,
                charge,
                ids,
                kept,
                times);
    }

    /** Whose it was, if that is known. */
    public Optional<String> knownTenant() {
        return known(tenantId);
    }

    static Optional<String> known(String tenantId) {
        return tenantId.equals(UNKNOWN_TENANT) ? Optional.empty() : Optional.of(tenantId);
    }

    /** From the request's head to its end. */
    public long durationNanos() {
        return endNanos - startNanos;
    }

    /**
     * Token counts of a request.
     *
     * @param input tokens of the prompts
     * @param output tokens generated
     * @param cached of the input, those that came from the prefix cache
     */
    public record Tokens(int input, int output, int cached) {

        /** Nothing was computed. */
        public static final Tokens NONE = new Tokens(0, 0, 0);

        public Tokens {
            if (input < 0 || output < 0) {
                throw new IllegalArgumentException("tokens must be >= 0: input " + input + ", output " + output);
            }
            if (cached < 0 || cached > input) {
                throw new IllegalArgumentException("cached must be in [0, " + input + "]: " + cached);
            }
        }
    }
}
