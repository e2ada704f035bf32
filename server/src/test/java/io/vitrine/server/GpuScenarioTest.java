package io.vitrine.server;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.HealthState;
import io.vitrine.gpu.MigInstance;
import io.vitrine.server.GpuFault.Outcome;
import io.vitrine.server.logs.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What befalls a GPU, and what then becomes of the server whose model is on it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GpuScenarioTest {

    private static final double BEFORE = GpuFault.BEGINS - 3;

    @TempDir
    private Path logs;

    @ParameterizedTest
    @EnumSource(GpuFault.class)
    void theServerActsByWhatBefellItsGpu(GpuFault fault) {
        FakeDriver driver = fault.driver();
        Outcome outcome = fault.outcome();
        try (GpuStory story = new GpuStory(driver, driver.library().toString(), BEFORE, logs)) {
            assertThat(story.card().health().state()).isEqualTo(HealthState.OK);
            assertThat(story.ready()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> inside = story.begin();

            story.until(
                    fault.shownAt(),
                    fault,
                    gpu -> gpu.health().state() == outcome.state()
                            && GpuStory.rules(gpu).equals(outcome.rules()));

            assertThat(story.told().at("/gpus/0/health").asText())
                    .isEqualToIgnoringCase(outcome.state().name());
            assertThat(story.told().at("/gpus/0/reasons")).hasSameSizeAs(outcome.rules());
            assertThat(story.live()).isEqualTo(200);
            assertThat(story.askCpu()).isEqualTo(200);
            if (outcome.state().usable()) {
                assertThat(story.ready()).isEqualTo(200);
            } else {
                assertThat(story.ready()).isEqualTo(503);
                requireRefused(story.ask());
            }
            // What was inside goes on while it can.
            story.letGo();
            assertThat(inside.join().statusCode()).isEqualTo(200);
            if (outcome.state().usable()) {
                assertThat(story.ask().statusCode()).isEqualTo(200);
            }
        }
        assertThat(named(outcome.state())).isEqualTo(outcome.state().usable() ? List.of() : List.of(GpuStory.INSIDE));
    }

    private static void requireRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        assertThat(TestServer.parse(answer.body()).at("/error/code").asText()).isEqualTo("gpu_unusable");
    }

    /** The requests that the log names where it tells of the card's new state. */
    private List<String> named(HealthState state) {
        return LogLines.read(logs).stream()
                .filter(line -> line.path("event").asText().equals("gpu_health_changed"))
                .filter(line -> line.path("gpu_health").asText().equalsIgnoreCase(state.name()))
                .filter(line -> line.has("request_ids"))
                .map(line -> line.path("request_ids").asText())
                .distinct()
                .toList();
    }

    @Test
    void aDriverThatAnswersAgainMakesTheServerReadyAgain() {
        GpuFault fault = GpuFault.HANGS_IN_ONE_CALL;
        FakeDriver driver = fault.driver();
        try (GpuStory story = new GpuStory(driver, driver.library().toString(), BEFORE, logs)) {
            story.until(fault.shownAt(), fault, gpu -> gpu.health().state() == HealthState.UNKNOWN);
            assertThat(story.snapshot().status().state()).isEqualTo(CollectorState.UNRESPONSIVE);
            assertThat(story.ready()).isEqualTo(503);

            story.heal();
            story.until(fault.shownAt() + 1, GpuFault.OLD_DRIVER, gpu -> gpu.health()
                    .state()
                    .usable());

            assertThat(story.ready()).isEqualTo(200);
        }
        assertThat(events()).contains("gpu_driver_unresponsive", "gpu_driver_back");
    }

    /** Where no GPU was ever seen none can be judged: the server answers, and says once that nobody watches. */
    @ParameterizedTest
    @CsvSource({
        ", NO_LIBRARY",
        "ret.nvmlInitWithFlags=9, DRIVER_NOT_LOADED",
        "ret.nvmlInitWithFlags=18, VERSION_MISMATCH",
        "count=0, NO_GPUS"
    })
    void withoutADriverItAnswersAndSaysThatNobodyWatches(String line, CollectorState state) {
        FakeDriver driver = FakeDriver.oneGpu();
        String library = line == null
                ? "libnvidia-ml-none.so.1"
                : driver.set(line).library().toString();
        try (GpuStory story = new GpuStory(driver, library, BEFORE, logs)) {
            assertThat(story.snapshot().status().state()).isEqualTo(state);
            assertThat(story.snapshot().gpus()).isEmpty();
            assertThat(story.ready()).isEqualTo(200);
            assertThat(story.live()).isEqualTo(200);
            CompletableFuture<HttpResponse<String>> inside = story.begin();
            story.letGo();
            assertThat(inside.join().statusCode()).isEqualTo(200);
        }
        assertThat(events()).containsOnlyOnce("gpu_collector").doesNotContain("gpu_health_changed");
    }

    private List<String> events() {
        return LogLines.read(logs).stream()
                .map(line -> line.path("event").asText())
                .toList();
    }

    @Test
    void withMigTheLoadIsAbsentAndThePartsAreThere() {
        FakeDriver driver = GpuFault.MIG_IS_ON.driver();
        try (GpuStory story = new GpuStory(driver, driver.library().toString(), BEFORE, logs)) {
            story.until(12, GpuFault.MIG_IS_ON, gpu -> !gpu.migInstances().isEmpty());

            assertThat(story.card().value(GpuMetric.UTILIZATION_RATIO)).isEmpty();
            assertThat(story.card().migInstances())
                    .extracting(MigInstance::uuid)
                    .containsExactly("MIG-1");
        }
    }

    @Test
    void anXidIsToldOnceWithItsNumberAndWhatToDo() {
        GpuFault fault = GpuFault.XID_48;
        FakeDriver driver = fault.driver();
        try (GpuStory story = new GpuStory(driver, driver.library().toString(), BEFORE, logs)) {
            story.until(fault.shownAt() + 2, fault, gpu -> gpu.health().state() == HealthState.FAILED);
        }
        List<JsonNode> lines = LogLines.read(logs).stream()
                .filter(line -> line.path("event").asText().equals("gpu_event"))
                .toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).path("xid").asInt()).isEqualTo(48);
        assertThat(lines.get(0).path("message").asText()).contains("XID 48");
    }
}
