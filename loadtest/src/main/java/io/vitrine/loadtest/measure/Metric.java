package io.vitrine.loadtest.measure;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The metrics of a request, in the order reports show them. */
public enum Metric {
    TTFT_USER("time to first token, from the intended time"),
    TTFT("time to first token, from the first byte sent"),
    TTFO("time to first token that is not reasoning"),
    TTST("from the first to the second chunk with tokens"),
    TPOT("time per output token after the first chunk"),
    E2E_USER("whole request, from the intended time"),
    E2E("whole request, from the first byte sent"),
    NORMALISED("whole request per output token"),
    LONGEST_GAP("longest gap between two chunks of a request"),
    CLIENT_WAIT("from the intended time to the first byte sent");

    private final String meaning;

    Metric(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }

    /** In nanoseconds; empty where the request has none. */
    public OptionalDouble of(RequestRecord record) {
        return switch (this) {
            case TTFT_USER -> asDouble(record.ttftUser());
            case TTFT -> asDouble(record.ttft());
            case TTFO -> asDouble(record.ttfo());
            case TTST -> asDouble(record.ttst());
            case TPOT -> record.tpot();
            case E2E_USER -> asDouble(record.e2eUser());
            case E2E -> asDouble(record.e2e());
            case NORMALISED -> record.normalised();
            case LONGEST_GAP -> longestGap(record);
            case CLIENT_WAIT -> asDouble(record.clientWait());
        };
    }

    private static OptionalDouble longestGap(RequestRecord record) {
        return record.streamed() && record.chunks() > 1
                ? OptionalDouble.of((double) record.maxGapNanos())
                : OptionalDouble.empty();
    }

    private static OptionalDouble asDouble(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalDouble.of((double) nanos.getAsLong()) : OptionalDouble.empty();
    }
}
