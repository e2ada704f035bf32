package io.vitrine.observability;

import java.util.OptionalLong;

/**
 * The longest times of a request's sequences, in nanoseconds. Each is a value that its histogram has too, so that the trace of a
 * request can stand as its example there.
 *
 * @param queueNanos from a sequence's submission to its slot, or to its end if it got none; absent if none was submitted
 * @param tokenGapNanos between two tokens that follow each other; absent if no sequence has two
 * @param perOutputTokenNanos mean gap of a sequence that ended well; absent if none of these has two tokens
 */
public record LongestTimes(OptionalLong queueNanos, OptionalLong tokenGapNanos, OptionalLong perOutputTokenNanos) {

    /** Nothing was generated. */
    public static final LongestTimes NONE =
            new LongestTimes(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
}
