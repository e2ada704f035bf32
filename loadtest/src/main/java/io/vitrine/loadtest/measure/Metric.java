package io.vitrine.loadtest.measure;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/** The metrics of a request, in the order reports show them. */
public enum Metric {
    TTFT_USER("time to first token, from the intended time", record -> asDouble(record.ttftUser())),
    TTFT("time to first token, from the first byte sent", record -> asDouble(record.ttft())),
    TTFO("time to first token that is not reasoning", record -> asDouble(record.ttfo())),
    TTST("from the first to the second chunk with tokens", record -> asDouble(record.ttst())),
    TPOT("time per output token after the first chunk", RequestRecord::tpot),
    E2E_USER("whole request, from the intended time", record -> asDouble(record.e2eUser())),
    E2E("whole request, from the first byte sent", record -> asDouble(record.e2e())),
    NORMALISED("whole request per output token", RequestRecord::normalised),
    LONGEST_GAP("longest gap between two chunks of a request", Metric::longestGap),
    CLIENT_WAIT("from the intended time to the first byte sent", record -> asDouble(record.clientWait()));

    private final String meaning;
    private final Function<RequestRecord, OptionalDouble> value;

    Metric(String meaning, Function<RequestRecord, OptionalDouble> value) {
        this.meaning = meaning;
        this.value = value;
    }

    public String meaning() {
        return meaning;
    }

    /** In nanoseconds; empty where the request has none. */
    public OptionalDouble of(RequestRecord record) {
        return value.apply(record);
    }

    private static OptionalDouble longestGap(RequestRecord record) {
        return record.streamed() && record.chunks() > 1
                ? OptionalDouble.of(record.maxGapNanos())
                : OptionalDouble.empty();
    }

    private static OptionalDouble asDouble(OptionalLong nanos) {
        return nanos.isPresent() ? OptionalDouble.of(nanos.getAsLong()) : OptionalDouble.empty();
    }
}
