package io.vitrine.observability.metrics;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** The two text formats a scraper can ask for. */
enum ExpositionFormat {
    /** Prometheus text 0.0.4: what everyone reads, and what is sent unless the other is preferred. */
    PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
    /** OpenMetrics 1.0: the one that can carry exemplars. */
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String contentType;

    ExpositionFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
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
