package io.vitrine.observability.metrics;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.micrometer.core.instrument.Meter;
import io.vitrine.observability.catalogue.MeterDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Series that come and go with what they are read from: one that is not shown between {@link #begin} and {@link #end} is gone from the
 * scrape, which is not the same as 0. Written by one thread at a time; read at the scrape.
 */
final class LiveSeries {

    private final Instruments instruments;
    private final Map<Key, Series> series = new ConcurrentHashMap<>();
    private Set<Key> shown = new HashSet<>();

    /** A meter with its labels' values. */
    private record Key(MeterDefinition meter, List<String> labels) {}

    /** What a series shows; held here, as the registry does not. */
    private static final class Series {

        private volatile double value;

        private volatile @Nullable Meter meter;
    }

    LiveSeries(Instruments instruments) {
        this.instruments = instruments;
    }

    void begin() {
        shown = new HashSet<>();
    }

    void show(MeterDefinition meter, double value, String... labels) {
        Key key = new Key(meter, List.of(labels));
        shown.add(key);
        Series of = series.computeIfAbsent(key, unknown -> new Series());
        of.value = value;
        if (of.meter == null) {
            of.meter = instruments.reading(meter, of, one -> one.value, labels);
        }
    }

    void end() {
        forget(key -> !shown.contains(key));
    }

    /** Ends the series of all meters but those. */
    void keepOnly(Set<MeterDefinition> meters) {
        forget(key -> !meters.contains(key.meter));
    }

    private void forget(Predicate<Key> which) {
        series.entrySet().removeIf(entry -> {
            Meter meter = entry.getValue().meter;
            boolean gone = which.test(entry.getKey());
            if (gone && meter != null) {
                instruments.remove(meter);
            }
            return gone;
        });
    }
}
