package io.vitrine.observability.metrics;

import java.util.List;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.LongestTimes;
import io.vitrine.observability.RequestTimes;
import io.vitrine.observability.Route;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.TestRequests;
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

    /** Its waits and gaps were recorded while it ran, before it was known whether the trace is kept. */
    @Test
    void namesTheKeptTraceBesideTheWaitsAndGapsOfItsSequences() {
        metrics.engineListener(Summaries.MODEL);
        FinishedSequence.run(metrics.generationListenerFactory(Summaries.MODEL, Route.CHAT_COMPLETIONS));
        metrics.requestListener()
                .ended(Summaries.completed().withLongest(FinishedSequence.TIMES).withTrace(IDS, true));

        String text = metrics.scrape(OPEN_METRICS).body();

        assertThat(exemplars(text, "vitrine_queue_time_seconds"))
                .singleElement()
                .asString()
                .contains("} 1 # {", TRACE, SPAN, "} 0.01 ");
        assertThat(exemplars(text, "vitrine_inter_token_latency_seconds"))
                .singleElement()
                .asString()
                .contains("} 2 # {", TRACE, SPAN, "} 0.03 ");
        assertThat(exemplars(text, "gen_ai_server_time_per_output_token_seconds"))
                .singleElement()
                .asString()
                .contains("} 1 # {", TRACE, SPAN, "} 0.025 ");
    }

    private static List<String> exemplars(String text, String family) {
        return text.lines()
                .filter(line -> line.startsWith(family + "_bucket") && line.contains(" # {"))
                .toList();
    }

    /** A sequence that waits 10 ms, and generates three tokens with gaps of 20 and 30 ms. */
    private static final class FinishedSequence {

        static final LongestTimes TIMES = run(request -> GenerationListener.NONE);

        static LongestTimes run(GenerationListener.Factory factory) {
            RequestTimes times = new RequestTimes();
            GenerationListener sequence = times.watch(factory.create(TestRequests.request()));
            sequence.queued(0);
            sequence.admitted(0, 10_000_000);
            sequence.tokenGenerated(1, 40_000_000);
            sequence.tokenGenerated(2, 60_000_000);
            sequence.tokenGenerated(3, 90_000_000);
            sequence.ended(FinishReason.STOP, 91_000_000);
            return times.longest();
        }
    }

    @Test
    void namesNoTraceThatIsNotKept() {
        metrics.requestListener().ended(Summaries.completed());
        metrics.requestListener()
                .ended(Summaries.completed().withLongest(FinishedSequence.TIMES).withTrace(IDS, false));

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
