package io.vitrine.observability.metrics;

import io.vitrine.observability.Summaries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExemplarSourceTest {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private final Metrics metrics = TestMetrics.start();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void namesTheKeptTraceBesideTheBucketOfItsRequest() {
        metrics.engineListener(Summaries.MODEL);
        metrics.exemplars().during(TRACE, SPAN, () -> metrics.requestListener().ended(Summaries.completed()));

        String text = metrics.scrape(OPEN_METRICS).body();

        assertThat(text.lines()
                        .filter(line -> line.startsWith("gen_ai_server_time_to_first_token_seconds_bucket"))
                        .filter(line -> line.contains(" # {")))
                .singleElement()
                .asString()
                .contains("le=\"0.08312\"", "trace_id=\"" + TRACE + "\"", "span_id=\"" + SPAN + "\"", "} 0.08 ");
        assertThat(text.lines().filter(line -> line.contains(" # {")))
                .as("Prometheus refuses a scrape with an exemplar anywhere else")
                .allMatch(line -> line.matches("\\w+(_bucket|_total)\\{.*"));
    }

    @Test
    void namesNoTraceThatIsNotKept() {
        metrics.requestListener().ended(Summaries.completed());

        assertThat(metrics.scrape(OPEN_METRICS).body()).doesNotContain("trace_id");
    }

    @Test
    void forgetsTheTraceWhenTheRecordingIsOverHoweverItEnds() {
        try {
            metrics.exemplars().during(TRACE, SPAN, () -> {
                throw new IllegalStateException("a listener that fails");
            });
        } catch (IllegalStateException e) {
            metrics.requestListener().ended(Summaries.completed());
        }

        assertThat(metrics.scrape(OPEN_METRICS).body()).doesNotContain("trace_id");
    }

    @Test
    void leavesExemplarsOutOfTheTextFormatWhichHasNone() {
        metrics.exemplars().during(TRACE, SPAN, () -> metrics.requestListener().ended(Summaries.completed()));

        assertThat(metrics.scrape(null).body()).doesNotContain("trace_id");
    }
}
