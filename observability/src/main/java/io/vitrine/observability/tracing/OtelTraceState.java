package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import io.opentelemetry.api.trace.TraceState;

/**
 * OpenTelemetry's own entry of a trace state, {@code ot=th:8;rv:80000000000000}: the threshold that the trace was sampled with, its
 * explicit randomness, and sub-keys of others, which are passed on as they are. A value that breaks the specification counts as absent.
 *
 * @param threshold 56 bits; absent is a probability that is not known
 * @param randomness 56 bits; absent means the last 56 bits of the trace id
 * @param others further sub-keys, in order
 */
record OtelTraceState(OptionalLong threshold, OptionalLong randomness, List<String> others) {

    static final String VENDOR = "ot";
    static final int DIGITS = 14;
    private static final String THRESHOLD = "th:";
    private static final String RANDOM = "rv:";
    /** The specification's limit of the whole value. */
    private static final int MAX_LENGTH = 256;

    private static final Pattern THRESHOLD_VALUE = Pattern.compile("[0-9a-f]{1," + DIGITS + "}");
    private static final Pattern RANDOM_VALUE = Pattern.compile("[0-9a-f]{" + DIGITS + "}");

    OtelTraceState {
        others = List.copyOf(others);
    }

    static OtelTraceState of(TraceState state) {
        String value = state.get(VENDOR);
        OptionalLong threshold = OptionalLong.empty();
        OptionalLong randomness = OptionalLong.empty();
        List<String> others = new ArrayList<>();
        for (String part : value == null ? new String[0] : value.split(";", -1)) {
            if (part.startsWith(THRESHOLD)) {
                threshold = number(part.substring(THRESHOLD.length()), THRESHOLD_VALUE);
            } else if (part.startsWith(RANDOM)) {
                randomness = number(part.substring(RANDOM.length()), RANDOM_VALUE);
            } else if (!part.isEmpty()) {
                others.add(part);
            }
        }
        return new OtelTraceState(threshold, randomness, others);
    }

    /** Digits that are not written are zeros at the end. */
    private static OptionalLong number(String digits, Pattern valid) {
        return valid.matcher(digits).matches()
                ? OptionalLong.of(Long.parseLong(digits + "0".repeat(DIGITS - digits.length()), 16))
                : OptionalLong.empty();
    }

    /** The same with another threshold. */
    OtelTraceState with(OptionalLong changed) {
        return new OtelTraceState(changed, randomness, others);
    }

    /** This entry in the place of that of {@code state}: first, as the one that changed last; the others follow in their order. */
    TraceState writtenTo(TraceState state) {
        List<String> parts = new ArrayList<>();
        threshold.ifPresent(value -> parts.add(THRESHOLD + shortened(hex(value))));
        randomness.ifPresent(value -> parts.add(RANDOM + hex(value)));
        int length = String.join(";", parts).length();
        for (String other : others) {
            length += 1 + other.length();
            if (length <= MAX_LENGTH) {
                parts.add(other);
            }
        }
        return TraceStates.withFirst(VENDOR, String.join(";", parts), state);
    }

    private static String shortened(String digits) {
        String significant = digits.replaceFirst("0+$", "");
        return significant.isEmpty() ? "0" : significant;
    }

    private static String hex(long value) {
        return String.format("%0" + DIGITS + "x", value);
    }
}
