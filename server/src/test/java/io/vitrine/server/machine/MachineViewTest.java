package io.vitrine.server.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.CudaGpu;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.ManualClock;
import io.vitrine.gpu.advice.ServingLoad;
import io.vitrine.gpu.host.HostReader;
import io.vitrine.gpu.host.HostWatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class MachineViewTest {

    private static final Duration DAY = Duration.ofHours(24);

    @TempDir
    private Path root;

    private final ManualClock clock = new ManualClock();
    private Optional<ServingLoad> load = Optional.of(new ServingLoad(8, 8, 3));

    private MachineView view(OptionalInt modelGpu) {
        HostWatch host = new HostWatch(new HostReader(root, clock), clock, Duration.ofSeconds(1));
        Optional<CudaGpu> card =
                modelGpu.isPresent() ? Optional.of(CudaGpu.atIndex(modelGpu.getAsInt())) : Optional.empty();
        return new MachineView(host, clock, card, () -> load);
    }

    private static JsonNode json(Map<String, Object> object) {
        return new ObjectMapper().valueToTree(object);
    }

    /** A machine whose processor is all busy, as time goes by. */
    private void sampleFor(MachineView view, int minutes) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        for (int minute = 0; minute < minutes; minute++) {
            Files.writeString(root.resolve("proc/stat"), "cpu  " + (100 + minute * 50) + " 0 0 10 0 0 0 0\ncpu0 1\n");
            clock.advance(Duration.ofMinutes(1));
            view.sample();
        }
    }

    @Test
    void aMachineWithoutGpuIsAdvisedByItsHost() throws IOException {
        MachineView view = view(OptionalInt.empty());
        sampleFor(view, 90);

        JsonNode capacity = json(view.capacity(DAY));

        assertThat(capacity.get("subjects")).hasSize(1);
        JsonNode host = capacity.at("/subjects/0");
        assertThat(host.get("kind").asText()).isEqualTo("host");
        assertThat(host.at("/history/minutes").asInt()).isEqualTo(90);
        assertThat(host.at("/history/from").asText()).isEqualTo("2026-01-01T00:01:00Z");
        assertThat(host.at("/advice/0/kind").asText()).isEqualTo("scale_up");
        assertThat(host.at("/advice/0/sentence").asText()).endsWith("another machine is needed");
        assertThat(host.at("/advice/0/numbers/waiting_share").asDouble()).isEqualTo(1);
        assertThat(host.at("/advice/0/numbers/utilization_mean").asDouble()).isEqualTo(1);
    }

    @Test
    void aShorterWindowLeavesTheOlderMinutesOut() throws IOException {
        MachineView view = view(OptionalInt.empty());
        sampleFor(view, 200);

        assertThat(json(view.capacity(Duration.ofHours(2)))
                        .at("/subjects/0/history/minutes")
                        .asInt())
                .isEqualTo(121);
        JsonNode hour = json(view.capacity(Duration.ofHours(1)));
        assertThat(hour.at("/subjects/0/history/minutes").asInt()).isEqualTo(61);
        assertThat(hour.get("window_hours").asInt()).isOne();
    }

    @Test
    void withoutAModelThereIsNothingToPlanFor() throws IOException {
        load = Optional.empty();
        MachineView view = view(OptionalInt.empty());
        sampleFor(view, 5);

        JsonNode capacity = json(view.capacity(DAY));

        assertThat(capacity.at("/subjects/0/history/minutes").asInt()).isZero();
        assertThat(capacity.at("/subjects/0/advice/0/kind").asText()).isEqualTo("wait");
    }

    @Test
    void theCardWithTheModelIsJudgedByItsLoadAndTheOtherAsIdle() throws IOException {
        MachineView view = view(OptionalInt.of(1));
        view.readGpus(() -> snapshot(CollectorState.RUNNING, gpu(0, 0.1), gpu(1, 0.97)));
        sampleFor(view, 61);

        JsonNode subjects = json(view.capacity(DAY)).get("subjects");

        assertThat(subjects).hasSize(2);
        assertThat(subjects.at("/0/runs_the_model").asBoolean()).isFalse();
        assertThat(subjects.at("/0/advice").findValuesAsText("kind")).contains("scale_down");
        assertThat(subjects.at("/1/runs_the_model").asBoolean()).isTrue();
        assertThat(subjects.at("/1/advice").findValuesAsText("kind")).contains("scale_up");
        assertThat(subjects.at("/1/uuid").asText()).isEqualTo("GPU-1");
    }

    @Test
    void readingsThatNobodyRenewsAreNoHistory() throws IOException {
        MachineView view = view(OptionalInt.of(0));
        view.readGpus(() -> snapshot(CollectorState.UNRESPONSIVE, gpu(0, 0.5)));
        sampleFor(view, 5);

        assertThat(json(view.capacity(DAY)).at("/subjects/0/history/minutes").asInt())
                .isZero();
    }

    @Test
    void nowSaysHowOldTheReadingsAreAndHowMuchHistoryThereIs() throws IOException {
        MachineView view = view(OptionalInt.of(0));
        view.readGpus(() -> snapshot(CollectorState.RUNNING, gpu(0, 0.5)));
        sampleFor(view, 2);
        clock.advance(Duration.ofMillis(1_500));

        JsonNode now = json(view.now());

        assertThat(now.get("age_seconds").asDouble()).isEqualTo(121.5);
        assertThat(now.at("/history/GPU-0/minutes").asInt()).isEqualTo(2);
        assertThat(now.at("/gpus/0/health").asText()).isEqualTo("ok");
        assertThat(now.at("/gpus/0/values/utilization_ratio").asDouble()).isEqualTo(0.5);
        assertThat(now.at("/host/values").has("cpu_count")).isTrue();
    }

    @Test
    void beforeTheProbeStartsThereAreNoGpus() {
        JsonNode now = json(view(OptionalInt.empty()).now());

        assertThat(now.at("/collector/state").asText()).isEqualTo("starting");
        assertThat(now.get("gpus")).isEmpty();
    }

    private static GpuReading gpu(int index, double load) {
        return new GpuReading(
                new GpuIdentity(index, "GPU-" + index, "NVIDIA H100", "", "", "", "", ""),
                1,
                true,
                Map.of(GpuMetric.UTILIZATION_RATIO, load),
                Map.of(),
                0,
                List.of(),
                List.of(),
                List.of(),
                GpuTrends.NONE,
                GpuHealth.GOOD);
    }

    private static GpuSnapshot snapshot(CollectorState state, GpuReading... gpus) {
        ManualClock zero = new ManualClock();
        return new GpuSnapshot(
                0,
                zero.now(),
                1,
                new CollectorStatus(state, "", EventState.ALIVE),
                DriverInfo.NONE,
                List.of(gpus),
                0,
                0);
    }
}
