package io.vitrine.observability.logging;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.FakeClock;
import io.vitrine.observability.InferenceStart;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.TestGpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class GpuLogTest {

    @TempDir
    private Path directory;

    @Test
    void aCardsStoryIsALineForEachChangeAndNoneForReadings() {
        List<JsonNode> lines = log((logging, gpus) -> TestGpus.story(gpus));

        assertThat(lines)
                .extracting(line -> line.path("event").asText())
                .containsExactly(
                        "gpu_collector",
                        "gpu_event",
                        "gpu_health_changed",
                        "gpu_driver_unresponsive",
                        "gpu_driver_back");
        assertThat(lines).allMatch(line -> line.path("category").asText().equals("gpu"));
        assertThat(lines.get(1).path("xid").asInt()).isEqualTo(79);
        JsonNode change = lines.get(2);
        assertThat(change.path("level").asText()).isEqualTo("ERROR");
        assertThat(change.path("gpu_uuid").asText()).isEqualTo("GPU-1");
        assertThat(change.path("previous_gpu_health").asText()).isEqualTo("ok");
        assertThat(change.path("gpu_health").asText()).isEqualTo("failed");
        assertThat(change.path("gpu_reasons").asText()).isEqualTo("the GPU is lost");
        assertThat(lines.get(4).path("duration_ms").asDouble()).isEqualTo(9_000);
    }

    @Test
    void namesTheRequestsThatWereOnAGpuWhenItFailed() {
        InferenceStart onGpu = Summaries.inferenceStart("req-1");
        List<JsonNode> lines = log((logging, gpus) -> {
            logging.requestsOnGpu().inferenceStarted(onGpu);
            logging.requestsOnGpu().inferenceStarted(Summaries.inferenceStart("req-2"));
            gpus.healthChanged(TestGpus.CARD, GpuHealth.GOOD, TestGpus.LOST);
            logging.requestsOnGpu().inferenceCompleted(Summaries.inferenceEnd("req-2"));
            gpus.healthChanged(TestGpus.CARD, GpuHealth.GOOD, TestGpus.LOST);
            gpus.healthChanged(TestGpus.CARD, TestGpus.LOST, GpuHealth.GOOD);
        });

        assertThat(onGpu.gpuId()).isPresent();
        assertThat(lines)
                .extracting(line -> line.path("request_ids").asText())
                .containsExactly("req-1,req-2", "req-1", "");
    }

    @Test
    void aMachineWithoutADriverSaysSoOnceAndCalmly() {
        List<JsonNode> lines = log((logging, gpus) -> {
            gpus.snapshotTaken(TestGpus.snapshot(CollectorState.NO_LIBRARY, List.of()));
            gpus.snapshotTaken(TestGpus.snapshot(CollectorState.NO_LIBRARY, List.of()));
            gpus.snapshotTaken(TestGpus.snapshot(CollectorState.STOPPED, List.of()));
        });

        assertThat(lines).singleElement().satisfies(line -> {
            assertThat(line.path("level").asText()).isEqualTo("INFO");
            assertThat(line.path("message").asText()).contains("no NVIDIA driver");
        });
    }

    private List<JsonNode> log(BiConsumer<Logging, GpuListener> story) {
        try (Logging logging =
                Logging.start(LogSettings.in(directory).withConsole(ConsoleFormat.OFF), "vitrine", new FakeClock())) {
            story.accept(logging, logging.gpuListener());
        }
        return LogFiles.lines(directory);
    }
}
