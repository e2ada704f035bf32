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
import io.vitrine.observability.catalogue.MeterDefinition;

/**
 * Reads Micrometer's meters as OpenTelemetry's metrics, whenever an export is due: nothing is recorded twice, and the names
 * and units that a collector gets are those of the catalogue. Sums are cumulative. Any thread.
 */
final class MetricReadings implements MetricProducer {

    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("io.vitrine");
    private static final AggregationTemporality CUMULATIVE = AggregationTemporality.CUMULATIVE;

    private final MeterRegistry registry;
    private final Clock clock = Clock.getDefault();
    private final long startNanos = clock.now();

    MetricReadings(MeterRegistry registry) {
        this.registry = registry;
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
        return DoublePointData.create(startNanos, now, attributes(meter), value, List.of());
    }

    /** Micrometer's buckets hold all that is not above their bound, OpenTelemetry's what the one below does not. */
    private HistogramPointData histogramPoint(Meter meter, long now, HistogramSupport histogram, double sum) {
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long below = 0;
        long total = histogram.takeSnapshot().count();
        for (CountAtBucket bucket : histogram.takeSnapshot().histogramCounts()) {
            double bound = meter instanceof Timer ? bucket.bucket(TimeUnit.SECONDS) : bucket.bucket();
            long count = Math.min((long) bucket.count(), total); // a value may have come in between the two readings
            if (bound < Double.MAX_VALUE) {
                bounds.add(bound);
                counts.add(count - below);
                below = count;
            }
        }
        counts.add(total - below);
        return HistogramPointData.create(startNanos, now, attributes(meter), sum, false, 0, false, 0, bounds, counts);
    }

    /** An empty value means that it is not known: then there is no attribute. */
    private static Attributes attributes(Meter meter) {
        AttributesBuilder attributes = Attributes.builder();
        meter.getId().getTags().stream()
                .filter(tag -> !tag.getValue().isEmpty())
                .forEach(tag -> attributes.put(tag.getKey(), tag.getValue()));
        return attributes.build();
    }

    /** Units as the Unified Code for Units of Measure has them; what is counted stands in braces. */
    private static String unit(Meter meter) {
        String unit = meter instanceof Timer || meter instanceof TimeGauge
                ? MeterDefinition.SECONDS
                : Objects.requireNonNullElse(meter.getId().getBaseUnit(), "");
        return switch (unit) {
            case "" -> "1";
            case "ratio" -> "1";
            case MeterDefinition.SECONDS -> "s";
            case "bytes" -> "By";
            default -> "{" + unit + "}";
        };
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
