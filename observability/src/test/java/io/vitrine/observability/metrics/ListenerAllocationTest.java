package io.vitrine.observability.metrics;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

import com.sun.management.ThreadMXBean;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.StepReport;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.Route;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.TestRequests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What meters allocate on the threads that they watch. */
class ListenerAllocationTest {

    private static final int WARM_UP = 30_000;
    private static final int TOKENS = 100_000;
    private static final int REQUESTS = 2_000;

    /** Once in 90 ms a series asks whether there is an exemplar to be had, which takes some hundred bytes. */
    private static final double NOTHING_BYTES_A_TOKEN = 0.5;

    private static final double MOST_BYTES_A_REQUEST = 8 * 1024;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Metrics metrics = TestMetrics.start();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void aTokenAllocatesNothing() {
        EngineListener engine = metrics.engineListener("m");
        GenerationListener sequence =
                metrics.generationListenerFactory("m", Route.CHAT_COMPLETIONS).create(TestRequests.request());
        StepReport step = step();
        tokens(engine, sequence, step, WARM_UP);

        long before = threads.getCurrentThreadAllocatedBytes();
        tokens(engine, sequence, step, TOKENS);
        double bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(bytes / TOKENS).isLessThan(NOTHING_BYTES_A_TOKEN);
    }

    @Test
    void aRequestAllocatesLittle() {
        metrics.engineListener(Summaries.MODEL);
        GenerationListener.Factory factory = metrics.generationListenerFactory(Summaries.MODEL, Route.CHAT_COMPLETIONS);
        requests(factory, REQUESTS);

        long before = threads.getCurrentThreadAllocatedBytes();
        requests(factory, REQUESTS);
        double bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(bytes / REQUESTS).isPositive().isLessThan(MOST_BYTES_A_REQUEST);
    }

    private static void tokens(EngineListener engine, GenerationListener sequence, StepReport step, int count) {
        for (int i = 0; i < count; i++) {
            sequence.tokenGenerated(i, 1_000_000L * i);
            engine.stepEnded(step);
        }
    }

    private void requests(GenerationListener.Factory factory, int count) {
        for (int i = 0; i < count; i++) {
            metrics.requestListener()
                    .received(new RequestIdentity("r", Route.CHAT_COMPLETIONS, "default", Optional.empty()));
            GenerationListener sequence = factory.create(TestRequests.request());
            sequence.queued(0);
            sequence.admitted(0, 1_000);
            sequence.prefillEnded(4, 2_000);
            sequence.tokenGenerated(1, 3_000);
            sequence.ended(FinishReason.STOP, 4_000);
            metrics.requestListener().ended(Summaries.completed());
        }
    }

    /** Made once: the engine makes its reports whether anyone listens or not. */
    private static StepReport step() {
        return new StepReport(
                0,
                0,
                1_000_000,
                900_000,
                50_000,
                0,
                1,
                1,
                0,
                0,
                0,
                1,
                0,
                1,
                0,
                StepReport.CacheCounts.NONE,
                List.of(),
                Optional.empty());
    }
}
