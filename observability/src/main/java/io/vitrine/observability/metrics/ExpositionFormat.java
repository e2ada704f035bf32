package io.vitrine.observability.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.jspecify.annotations.Nullable;

/** The two text formats a scraper can ask for. */
enum ExpositionFormat {
    /** Prometheus text 0.0.4: what everyone reads, and what is sent unless the other is preferred. */
    PROMETHEUS(PrometheusTextFormatWriter.create()),
    /** OpenMetrics 1.0: the one that carries exemplars, and when each counter and histogram began at 0. */
    OPEN_METRICS(OpenMetricsTextFormatWriter.builder()
            .setCreatedTimestampsEnabled(true)
            // At counters and buckets only, as the format has it: Prometheus 2 refuses a scrape with others.
            .setExemplarsOnAllMetricTypesEnabled(false)
            .build());

    private static final int TYPICAL_BYTES = 1 << 18;

    @SuppressWarnings("ImmutableEnumChecker") // has no state of its own
    private final ExpositionFormatWriter writer;

    ExpositionFormat(ExpositionFormatWriter writer) {
        this.writer = writer;
    }

    String contentType() {
        return writer.getContentType();
    }

    /** The snapshots as text. */
    String write(MetricSnapshots snapshots) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(TYPICAL_BYTES);
        try {
            writer.write(text, snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /**
     * The format that an {@code Accept} header prefers (RFC 9110, section 12.5.1): OpenMetrics if it is named with a higher
     * weight than plain text, or with the same. A header that names neither gets plain text, as does none at all.
     */
    static ExpositionFormat preferred(@Nullable String accept) {
        double openMetrics = 0;
        double text = 0;
        for (String range :
                accept == null ? new String[0] : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String type = range.split(";", 2)[0].strip();
            if (type.equals("application/openmetrics-text")) {
                openMetrics = Math.max(openMetrics, weight(range));
            } else if (type.equals("text/plain")) {
                text = Math.max(text, weight(range));
            }
        }
        return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : PROMETHEUS;
    }

    private static double weight(String range) {
        for (String parameter : range.split(";", -1)) {
            String trimmed = parameter.strip();
            if (trimmed.startsWith("q=")) {
                return number(trimmed.substring(2));
            }
        }
        return 1;
    }

    private static double number(String weight) {
        try {
            return Double.parseDouble(weight);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
