package io.vitrine.store.telemetry;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A count for each signal, from any thread. */
final class Tally {
    private final Map<Signal, LongAdder> counts = new EnumMap<>(Signal.class);

    Tally() {
        for (Signal signal : Signal.values()) {
            counts.put(signal, new LongAdder());
        }
    }

    void add(Signal signal, long count) {
        of(signal).add(count);
    }

    long sum(Signal signal) {
        return of(signal).sum();
    }

    private LongAdder of(Signal signal) {
        LongAdder adder = counts.get(signal);
        if (adder == null) {
            throw new IllegalStateException("no count for " + signal);
        }
        return adder;
    }
}
