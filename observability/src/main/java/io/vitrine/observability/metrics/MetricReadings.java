package io.vitrine.observability.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.HistogramSupport;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.resources.Resource;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.MeterUnit;

/**
 * Reads Micrometer's meters as OpenTelemetry's metrics, whenever an export is due: nothing is recorded twice, and the names
 * and units that a collector gets are those of the catalogue. Sums are cumulative. Any thread.
 */
final class MetricReadings implements MetricProducer {

    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("io.vitrine");
    private static final AggregationTemporality CUMULATIVE = AggregationTemporality.CUMULATIVE;

    private final MeterRegistry registry;
    private final SeriesStarts starts;
    private final Clock clock = Clock.getDefault();

    MetricReadings(MeterRegistry registry, SeriesStarts starts) {
        this.registry = registry;
        this.starts = starts;
    }

    @Override
    public Collection<MetricData> produce(Resource resource) {
        Map<String, List<Meter>> byName = new LinkedHashMap<>();
        for (Meter meter : registry.getMeters()) {
            byName.computeIfAbsent(meter.getId().getName(), name -> new ArrayList<>())
                    .add(meter);
        }
        long now = clock.now();
        List<MetricData> metrics = new ArrayList<>();
        byName.values().forEach(meters -> add(resource, meters, now, metrics));
        return metrics;
    }

    /** Meters of one name are of one kind; those of a kind that OpenTelemetry has none for are left out. */
    private void add(Resource resource, List<Meter> meters, long now, List<MetricData> metrics) {
        Meter first = meters.get(0);
        if (first instanceof Counter || first instanceof FunctionCounter) {
            metrics.add(new Reading(resource, first, MetricDataType.DOUBLE_SUM, sum(meters, now)));
        } else if (first instanceof Gauge) {
            metrics.add(new Reading(resource, first, MetricDataType.DOUBLE_GAUGE, gauge(meters, now)));
        } else if (first instanceof Timer || first instanceof DistributionSummary) {
            metrics.add(new Reading(resource, first, MetricDataType.HISTOGRAM, histogram(meters, now)));
        }
    }

    private SumData<DoublePointData> sum(List<Meter> meters, long now) {
        List<DoublePointData> points = new ArrayList<>();
        for (Meter meter : meters) {
            if (meter instanceof Counter counter) {
                points.add(point(meter, now, counter.count()));
            } else if (meter instanceof FunctionCounter counter) {
                points.add(point(meter, now, counter.count()));
            }
        }
        return SumData.createDoubleSumData(true, CUMULATIVE, points);
    }

    private GaugeData<DoublePointData> gauge(List<Meter> meters, long now) {
        List<DoublePointData> points = new ArrayList<>();
        for (Meter meter : meters) {
            if (meter instanceof Gauge gauge) {
                double value = gauge.value();
                if (!Double.isNaN(value)) {
                    points.add(point(meter, now, value));
                }
            }
        }
        return GaugeData.createDoubleGaugeData(points);
    }

    private HistogramData histogram(List<Meter> meters, long now) {
        List<HistogramPointData> points = new ArrayList<>();
        for (Meter meter : meters) {
            if (meter instanceof Timer timer) {
                points.add(histogramPoint(meter, now, timer, timer.totalTime(TimeUnit.SECONDS)));
            } else if (meter instanceof DistributionSummary summary) {
                points.add(histogramPoint(meter, now, summary, summary.totalAmount()));
            }
        }
        return HistogramData.create(CUMULATIVE, points);
    }

    private DoublePointData point(Meter meter, long now, double value) {
        return DoublePointData.create(starts.nanos(meter), now, attributes(meter), value, List.of());
    }

    /** Micrometer's buckets hold all that is not above their bound, OpenTelemetry's what the one below does not. */
    private HistogramPointData histogramPoint(Meter meter, long now, HistogramSupport histogram, double sum) {
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long below = 0;
        HistogramSnapshot snapshot = histogram.takeSnapshot();
        long total = snapshot.count();
        for (CountAtBucket bucket : snapshot.histogramCounts()) {
            double bound = meter instanceof Timer ? bucket.bucket(TimeUnit.SECONDS) : bucket.bucket();
            long count = Math.min((long) bucket.count(), total); // a value may come in between count and buckets
            if (bound < Double.MAX_VALUE) {
                bounds.add(bound);
                counts.add(count - below);
                below = count;
            }
        }
        counts.add(total - below);
        return HistogramPointData.create(
                starts.nanos(meter), now, attributes(meter), sum, false, 0, false, 0, bounds, counts);
    }

    /** An empty value means that it is not known: then there is no attribute. */
    private static Attributes attributes(Meter meter) {
        AttributesBuilder attributes = Attributes.builder();
        meter.getId().getTags().stream()
                .filter(tag -> !tag.getValue().isEmpty())
                .forEach(tag -> attributes.put(tag.getKey(), tag.getValue()));
        return attributes.build();
    }

    /** Of our own meters as the catalogue has it; of a library's, made from the word that Prometheus's name ends with. */
    private static String unit(Meter meter) {
        MeterDefinition own = Catalogue.meter(meter.getId().getName()).orElse(null);
        if (own != null) {
            return own.unit().ucum();
        }
        String word = meter instanceof Timer || meter instanceof TimeGauge
                ? MeterDefinition.SECONDS
                : Objects.requireNonNullElse(meter.getId().getBaseUnit(), "");
        return MeterUnit.ucumOf(word);
    }

    private record Reading(Resource resource, Meter meter, MetricDataType type, Data<?> data) implements MetricData {

        @Override
        public Resource getResource() {
            return resource;
        }

        @Override
        public InstrumentationScopeInfo getInstrumentationScopeInfo() {
            return SCOPE;
        }

        @Override
        public String getName() {
            return meter.getId().getName();
        }

        @Override
        public String getDescription() {
            return Objects.requireNonNullElse(meter.getId().getDescription(), "");
        }

        @Override
        public String getUnit() {
            return unit(meter);
        }

        @Override
        public MetricDataType getType() {
            return type;
        }

        @Override
        public Data<?> getData() {
            return data;
        }
    }
}
