package io.vitrine.observability.tracing;

import java.util.regex.Pattern;

import io.opentelemetry.api.trace.TraceState;

/**
 * A chance of being kept, in the form of OpenTelemetry's consistent sampling: a trace has a random number of 56 bits, the last
 * of its id unless its state brings one, and is kept if that is not below a threshold. So two servers with the same ratio keep
 * the same traces, and the threshold, which travels with the trace, says how many others it stands for.
 */
final class SampleRatio {

    private static final String VENDOR = "ot";
    private static final String THRESHOLD = "th:";
    private static final String RANDOM = "rv:";
    private static final int DIGITS = 14;
    private static final Pattern RANDOM_VALUE = Pattern.compile("[0-9a-f]{" + DIGITS + "}");
    private static final long RANGE = 1L << 56;

    private final long threshold;

    private SampleRatio(long threshold) {
        this.threshold = threshold;
    }

    /** Keeps the part {@code ratio} of all traces. */
    static SampleRatio of(double ratio) {
        return new SampleRatio(Math.round((1 - ratio) * RANGE));
    }

    boolean keeps(String traceId, TraceState state) {
        return randomness(traceId, state) >= threshold;
    }

    /** How many traces one that is kept stands for. */
    double adjustedCount() {
        return (double) RANGE / (RANGE - threshold);
    }

    /** The state of a kept trace. */
    TraceState writtenTo(TraceState state) {
        String digits = hex(threshold).replaceFirst("0+$", "");
        String random = subKey(state, RANDOM);
        String value = THRESHOLD + (digits.isEmpty() ? "0" : digits) + (random.isEmpty() ? "" : ";" + RANDOM + random);
        return state.toBuilder().put(VENDOR, value).build();
    }

    private static long randomness(String traceId, TraceState state) {
        String given = subKey(state, RANDOM);
        String digits = RANDOM_VALUE.matcher(given).matches() ? given : traceId.substring(traceId.length() - DIGITS);
        return Long.parseLong(digits, 16);
    }

    /** Empty if it is not there. */
    private static String subKey(TraceState state, String name) {
        String value = state.get(VENDOR);
        if (value == null) {
            return "";
        }
        for (String part : value.split(";", -1)) {
            if (part.startsWith(name)) {
                return part.substring(name.length());
            }
        }
        return "";
    }

    private static String hex(long value) {
        return String.format("%0" + DIGITS + "x", value);
    }
}
