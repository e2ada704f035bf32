package io.vitrine.server.history;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.history.Slowness.RunningRequest;
import io.vitrine.server.history.Slowness.StageShare;
import io.vitrine.store.telemetry.GpuRow;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryRow;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A story of known times, and what is made of it. */
class SlownessFinderTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    private Path folder;

    private TelemetryStore store;

    @BeforeEach
    void open() {
        store = new TelemetryStore(TelemetrySettings.in(folder), () -> NOON);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void explainsARequestThatWaitedBehindOthers() {
        record(
                // Usually: 10 ms in the queue.
                span("t0", "q0", "r0", "queue_enqueue", -60_000, 10, "{}"),
                span("t1", "r", null, "gateway_request", 0, 1_000, root()),
                span("t1", "q", "r", "queue_enqueue", 0, 800, "{}"),
                span("t1", "i", "r", "inference_process", 800, 200, inference()),
                span("t1", "d", "i", "decode", 800, 200, "{}"),
                // Ran from -500 to 900 and from 300 to 500; the third was over before, the fourth came later.
                completed("other-1", "acme", 900, 1_400, 0),
                completed("other-2", "zeta", 500, 300, 100),
                completed("other-3", "zeta", -1, 500, 0),
                completed("other-4", "zeta", 2_000, 1_300, 200),
                step(
                        100,
                        3,
                        "decode",
                        "{\"waiting\":2,\"decisions\":[{\"request_id\":\"slow\",\"reason\":\"waits_for_slot\"}]}"),
                step(
                        200,
                        3,
                        "decode",
                        "{\"waiting\":2,\"decisions\":[{\"request_id\":\"else\",\"reason\":\"waits_for_slot\"}]}"),
                step(850, 2, "mixed", "{\"waiting\":7}"),
                step(900, 4, "decode", "{\"waiting\":1}"),
                gpu(500, "throttled", 1),
                gpu(500, "power_watts", 300));

        Slowness why = why("slow");

        assertThat(why.traceKept()).isTrue();
        assertThat(why.durationMs()).isEqualTo(1_000);
        assertThat(why.criticalPath()).extracting(StageShare::stage).containsExactly("queue_enqueue", "decode");
        StageShare queue = why.criticalPath().get(0);
        assertThat(queue.share()).isEqualTo(0.8);
        assertThat(queue.usualMs()).isBetween(9.9, 10.1);
        assertThat(why.waitedBehind().requests())
                .containsExactly(
                        new RunningRequest("other-1", "acme", 800), new RunningRequest("other-2", "zeta", 200));
        assertThat(why.waitedBehind().stepsWithoutSlot()).isEqualTo(1);
        assertThat(why.batch()).isEqualTo(new Slowness.BatchMet(2, 2, 3, 4, 1, 7));
        assertThat(why.cache()).isEqualTo(new Slowness.CacheUse(40, 16));
        assertThat(why.interruptions())
                .containsExactly(new Slowness.Interruption("gc_pause", "2026-11-24T12:00:00.100Z", 25));
        assertThat(why.gpus().get("GPU-1")).containsEntry("power_watts", 300.0);
        assertThat(why.summary())
                .containsExactly(
                        "The request took 1.00 s and ended completed.",
                        "Most of it, 800.0 ms (80 %), was queue_enqueue (waiting for a slot in the batch); usually that takes "
                                + String.format(Locale.ROOT, "%.1f ms.", queue.usualMs()),
                        "It waited 800.0 ms for a slot while 2 others ran, other-1 of acme longest, for 800.0 ms; every slot was "
                                + "taken in 1 steps.",
                        "It ran through 2 steps in batches of 2 to 4, 3.0 on average; 1 of them computed prompts too.",
                        "16 of its 40 prompt tokens came from the prefix cache.",
                        "It was interrupted 1 times, by the garbage collector or a busy event loop, for 25.0 ms in all.",
                        "The clocks of the GPU GPU-1 were held down by heat or power.");
    }

    @Test
    void explainsARequestWhoseTraceWasNotKept() {
        record(completed("slow", "acme", 1_000, 1_000, 300));
        Slowness why = why("slow");
        assertThat(why.traceKept()).isFalse();
        assertThat(why.criticalPath())
                .containsExactly(
                        new StageShare("queue_enqueue", 300, 0.3, null),
                        new StageShare("prefill", 100, 0.1, null),
                        new StageShare("decode", 600, 0.6, null));
        assertThat(why.waitedBehind().waitMs()).isEqualTo(300);
        assertThat(why.summary()).last().asString().contains("was not kept");
    }

    @Test
    void knowsNothingOfARequestThatIsNotStored() {
        assertThat(new SlownessFinder(store.queries()).find("nobody", null)).isEmpty();
    }

    private Slowness why(String requestId) {
        return new SlownessFinder(store.queries()).find(requestId, null).orElseThrow();
    }

    private void record(TelemetryRow... rows) {
        for (TelemetryRow row : rows) {
            assertThat(store.record(row)).isTrue();
        }
        store.flush();
    }

    private static String root() {
        return "{\"vitrine.outcome\":\"completed\",\"events\":[{\"name\":\"gc_pause\",\"at_nanos\":" + at(100)
                + ",\"vitrine.duration_ns\":25000000},{\"name\":\"first_token\",\"at_nanos\":1}]}";
    }

    private static String inference() {
        return "{\"gen_ai.usage.input_tokens\":40,\"gen_ai.usage.cache_read.input_tokens\":16}";
    }

    private static long at(long millis) {
        return TimeUnit.SECONDS.toNanos(NOON.getEpochSecond()) + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static SpanRow span(
            String trace, String id, @Nullable String parent, String name, long from, long millis, String attributes) {
        return new SpanRow(
                trace,
                id,
                parent,
                name,
                at(from),
                TimeUnit.MILLISECONDS.toNanos(millis),
                "acme",
                trace.equals("t1") ? "slow" : "r-" + trace,
                "ok",
                attributes);
    }

    private static LogRow completed(String requestId, String tenant, long end, long millis, long queue) {
        return new LogRow(
                at(end),
                "INFO",
                "response",
                "request_completed",
                "request_completed",
                null,
                null,
                tenant,
                requestId,
                "{\"outcome\":\"completed\",\"duration_ms\":" + millis + ",\"queue_time_ms\":" + queue + ",\"ttft_ms\":"
                        + (queue + 100) + "}");
    }

    private static StepRow step(long at, int batch, String phase, String attributes) {
        return new StepRow(at(at), 1_000_000, phase, batch, batch, 0, attributes);
    }

    private static GpuRow gpu(long at, String metric, double value) {
        return new GpuRow(at(at), "GPU-1", metric, value);
    }
}
