package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.store.telemetry.SampleRow;

/**
 * One series of a meter.
 *
 * @param points by time
 */
public record MeterSeries(ObjectNode labels, List<Point> points) {

    /** A value at a time. */
    public record Point(String at, double value) {}

    public MeterSeries {
        points = List.copyOf(points);
    }

    static List<MeterSeries> of(List<SampleRow> samples) {
        Map<String, List<Point>> byLabels = new LinkedHashMap<>();
        for (SampleRow sample : samples) {
            byLabels.computeIfAbsent(sample.labelsJson(), labels -> new ArrayList<>())
                    .add(new Point(Moments.text(sample.atEpochNanos()), sample.value()));
        }
        return byLabels.entrySet().stream()
                .map(series -> new MeterSeries(Attributes.read(series.getKey()), series.getValue()))
                .toList();
    }
}
