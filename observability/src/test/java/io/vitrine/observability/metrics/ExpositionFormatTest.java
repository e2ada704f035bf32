package io.vitrine.observability.metrics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.observability.metrics.ExpositionFormat.OPEN_METRICS;
import static io.vitrine.observability.metrics.ExpositionFormat.PROMETHEUS;
import static org.assertj.core.api.Assertions.assertThat;

class ExpositionFormatTest {

    @Test
    void isPlainTextForWhoDoesNotAsk() {
        assertThat(ExpositionFormat.preferred(null)).isEqualTo(PROMETHEUS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/*;q=0.5",
                "text/html,application/xhtml+xml,*/*;q=0.8",
                "text/plain; version=0.0.4",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=nonsense",
                "application/openmetrics-text;q=0.3, text/plain;q=0.5",
                "application/json",
                ";;,,;q="
            })
    void isPlainTextForWhoDoesNotPreferTheOther(String accept) {
        assertThat(ExpositionFormat.preferred(accept)).isEqualTo(PROMETHEUS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "Application/OpenMetrics-Text; version=1.0.0",
                "text/plain, application/openmetrics-text",
                "text/plain;q=0.2,application/openmetrics-text;version=1.0.0;q=0.5",
                // what Prometheus 2 and 3 send
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                        + "application/openmetrics-text;version=0.0.1;q=0.5,"
                        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
            })
    void isOpenMetricsForWhoPrefersIt(String accept) {
        assertThat(ExpositionFormat.preferred(accept)).isEqualTo(OPEN_METRICS);
    }
}
