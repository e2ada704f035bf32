package io.vitrine.server.tracing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** How the GPU was, on the spans of the steps that ran on it then. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class GpuSpansTest {

    private static final String CHAT =
            "{\"model\":\"" + TestModel.NAME + "\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";
    private static final AttributeKey<String> ID = AttributeKey.stringKey("gpu_id");
    private static final AttributeKey<Double> UTILIZATION = AttributeKey.doubleKey("hw.gpu.utilization");

    private final CollectedSpans spans = new CollectedSpans();

    @Test
    void stepsAndTheirPartsInADetailedTraceSayHowTheGpuWas() {
        List<SpanData> steps = stepsOf("engine.device=cuda:0", "gpu.poll-interval=1m");

        assertThat(steps).isNotEmpty().allSatisfy(step -> {
            assertThat(step.getAttributes().get(ID)).isEqualTo("cuda:0");
            assertThat(step.getAttributes().get(UTILIZATION)).isEqualTo(0.75);
        });
        for (String part : List.of("prefill", "decode")) {
            assertThat(spans.named(part)).isNotEmpty().allSatisfy(span -> assertThat(
                            span.getAttributes().get(UTILIZATION))
                    .isEqualTo(0.75));
        }
    }

    @Test
    void aModelOnTheProcessorSaysNothingOfAGpu() {
        assertThat(stepsOf("engine.device=cpu")).isNotEmpty();
        assertThat(spans.all()).allSatisfy(span -> assertThat(
                        span.getAttributes().asMap().keySet())
                .noneMatch(key -> key.getKey().startsWith("hw.") || key.getKey().contains("gpu")));
    }

    /** The steps of a request that is traced in detail, on a server that has just read its GPU. */
    private List<SpanData> stepsOf(String... settings) {
        try (Telemetry telemetry = Telemetry.start(spans.telemetry(1), System::nanoTime);
                TestServer server = TestServer.start(telemetry, 4, settings)) {
            telemetry.gpuListener().snapshotTaken(reading());
            server.send(server.postRequest(TestServer.CHAT, CHAT)
                    .header("x-vitrine-trace", "detailed")
                    .build());
            spans.awaitRequests(1);
            return spans.awaitNamed("engine_step", 5);
        }
    }

    private static GpuSnapshot reading() {
        GpuReading gpu = new GpuReading(
                new GpuIdentity(0, "GPU-1", "NVIDIA H100", "", "", "", "", ""),
                1,
                true,
                Map.of(GpuMetric.UTILIZATION_RATIO, 0.75),
                Map.of(),
                0,
                List.of(),
                List.of(),
                List.of(),
                GpuTrends.NONE,
                GpuHealth.GOOD);
        return new GpuSnapshot(
                System.nanoTime(),
                Instant.now(),
                1,
                new CollectorStatus(CollectorState.RUNNING, "", EventState.ALIVE),
                DriverInfo.NONE,
                List.of(gpu),
                0,
                0);
    }
}
