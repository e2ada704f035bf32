package io.vitrine.observability.metrics;

import io.vitrine.observability.Summaries;
import io.vitrine.observability.TraceIds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ExemplarSourceTest {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private static final TraceIds IDS = new TraceIds(TRACE, SPAN);

    private final Metrics metrics = TestMetrics.start();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void namesTheKeptTraceBesideTheBucketOfItsRequest() {
        metrics.engineListener(Summaries.MODEL);
        metrics.requestListener().ended(Summaries.completed().withTrace(IDS, true));

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
        metrics.requestListener().ended(Summaries.completed().withTrace(IDS, false));

        assertThat(metrics.scrape(OPEN_METRICS).body()).doesNotContain("trace_id");
    }

    @Test
    void forgetsTheTraceWhenTheRecordingIsOverHoweverItEnds() {
        ExemplarSource source = new ExemplarSource();
        assertThatIllegalStateException()
                .isThrownBy(() -> source.during(IDS, () -> {
                    assertThat(source.asSpanContext().getCurrentTraceId()).isEqualTo(TRACE);
                    throw new IllegalStateException("a listener that fails");
                }));

        assertThat(source.asSpanContext().getCurrentTraceId()).isNull();
        assertThat(source.asSpanContext().isCurrentSpanSampled()).isFalse();
    }

    @Test
    void leavesExemplarsOutOfTheTextFormatWhichHasNone() {
        metrics.requestListener().ended(Summaries.completed().withTrace(IDS, true));

        assertThat(metrics.scrape(null).body()).doesNotContain("trace_id");
    }
}
