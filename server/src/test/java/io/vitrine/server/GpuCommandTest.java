package io.vitrine.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.host.HostMetric;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GpuCommandTest {

    private final StringWriter out = new StringWriter();

    @Test
    void aMachineWithoutADriverHasAHostAndNoFault() {
        assertThat(run("nothing.so", "--json")).isZero();

        JsonNode report = TestServer.parse(out.toString());
        assertThat(report.at("/collector/state").asText()).isEqualTo("no_library");
        assertThat(report.at("/collector/sentence").asText()).contains("no NVIDIA driver", "install the driver");
        assertThat(report.get("gpus")).isEmpty();
        assertThat(report.at("/host/values/cpu_count").asInt()).isPositive();
    }

    @Test
    void tellsAProgramEverythingAndWhyTheRestIsMissing() {
        FakeDriver driver = FakeDriver.oneGpu();

        assertThat(run(driver.library().toString(), "--json")).isZero();

        JsonNode gpu = TestServer.parse(out.toString()).at("/gpus/0");
        assertThat(gpu.get("health").asText()).isEqualTo("ok");
        assertThat(gpu.get("uuid").asText()).startsWith("GPU-");
        assertThat(gpu.at("/values/memory_total_bytes").asDouble()).isPositive();
        assertThat(gpu.get("absent").properties())
                .noneMatch(absent -> gpu.get("values").has(absent.getKey()));
        JsonNode host = TestServer.parse(out.toString()).get("host");
        for (HostMetric metric : HostMetric.values()) {
            String name = metric.name().toLowerCase(Locale.ROOT);
            assertThat(host.get("values").has(name))
                    .as("%s has a value, or a reason why not", name)
                    .isNotEqualTo(host.get("absent").has(name));
        }
    }

    @Test
    void tellsAPersonHealthFirstAndFailsIfAGpuIsNotUsable() {
        FakeDriver driver = FakeDriver.oneGpu().set("gpu0.unrepairable=1");

        int exit = run(driver.library().toString());

        assertThat(out.toString()).contains("GPU 0 ", "FAILED", "host (no GPU)", "temperature_celsius");
        assertThat(exit).isEqualTo(1);
    }

    private int run(String library, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of("gpu", "--set", "gpu.library=" + library, "--set", "gpu.poll-interval=100ms"),
                        Stream.of(more))
                .toList();
        return Main.commandLine().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
    }
}
