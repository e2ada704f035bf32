package io.vitrine.server;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.HealthState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GpuGuardTest {

    private static final GpuHealth LOST = new GpuHealth(
            HealthState.FAILED, List.of(new HealthReason(HealthRule.LOST, HealthState.FAILED, "the GPU is lost")));
    private static final String CHAT =
            "{\"model\":\"" + TestModel.NAME + "\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";
    private static final GpuHealth HOT = new GpuHealth(HealthState.DEGRADED, List.of());

    @Test
    void refusesRequestsWhileTheModelsGpuCannotBeUsed() {
        try (TestServer server = TestServer.start("engine.device=cuda:1")) {
            GpuListener gpus = server.server().gpuListener();
            gpus.healthChanged(card(1), GpuHealth.GOOD, LOST);

            assertThat(server.get("/health").statusCode()).isEqualTo(503);
            assertThat(server.getManagement("/health/ready").statusCode()).isEqualTo(503);
            assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(200);
            var refused = server.post(TestServer.CHAT, CHAT);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            JsonNode error = TestServer.parse(refused.body()).get("error");
            assertThat(error.get("code").asText()).isEqualTo("gpu_unusable");
            assertThat(error.get("message").asText()).contains("the GPU is lost");

            gpus.healthChanged(card(1), LOST, HOT);

            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            server.json(TestServer.CHAT, CHAT);
        }
    }

    @Test
    void anotherCardOrAModelOnTheCpuIsNoMatter() {
        try (TestServer server = TestServer.start("engine.device=cuda:1");
                TestServer onCpu = TestServer.start()) {
            server.server().gpuListener().healthChanged(card(0), GpuHealth.GOOD, LOST);
            onCpu.server().gpuListener().healthChanged(card(0), GpuHealth.GOOD, LOST);

            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(onCpu.get("/health").statusCode()).isEqualTo(200);
        }
    }

    private static GpuIdentity card(int index) {
        return new GpuIdentity(index, "GPU-" + index, "NVIDIA H100", "", "", "", "", "");
    }
}
