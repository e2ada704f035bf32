package io.vitrine.observability.metrics;

import java.util.List;

import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;

/** Some of a metric's points: the largest histogram alone may be more than a collector takes in one message. */
record MetricPart(MetricData whole, Data<?> data) implements MetricData {

    /** The metric itself if these are all of its points, or it is of a kind that {@link MetricReadings} does not make. */
    static MetricData of(MetricData whole, List<PointData> points) {
        if (points.size() == whole.getData().getPoints().size()) {
            return whole;
        }
        return switch (whole.getType()) {
            case DOUBLE_SUM -> {
                SumData<DoublePointData> sum = whole.getDoubleSumData();
                yield new MetricPart(
                        whole,
                        SumData.createDoubleSumData(
                                sum.isMonotonic(),
                                sum.getAggregationTemporality(),
                                only(DoublePointData.class, points)));
            }
            case DOUBLE_GAUGE ->
                new MetricPart(whole, GaugeData.createDoubleGaugeData(only(DoublePointData.class, points)));
            case HISTOGRAM ->
                new MetricPart(
                        whole,
                        HistogramData.create(
                                whole.getHistogramData().getAggregationTemporality(),
                                only(HistogramPointData.class, points)));
            case LONG_GAUGE, LONG_SUM, SUMMARY, EXPONENTIAL_HISTOGRAM -> whole;
        };
    }

    private static <T> List<T> only(Class<T> type, List<PointData> points) {
        return points.stream().map(type::cast).toList();
    }

    @Override
    public Resource getResource() {
        return whole.getResource();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return whole.getInstrumentationScopeInfo();
    }

    @Override
    public String getName() {
        return whole.getName();
    }

    @Override
    public String getDescription() {
        return whole.getDescription();
    }

    @Override
    public String getUnit() {
        return whole.getUnit();
    }

    @Override
    public MetricDataType getType() {
        return whole.getType();
    }

    @Override
    public Data<?> getData() {
        return data;
    }
}
