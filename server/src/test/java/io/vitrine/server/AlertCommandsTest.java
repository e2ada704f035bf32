package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.plan.AlertFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code rules}, {@code slo} and {@code alerts}, beside a server and without one. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AlertCommandsTest {

    private static final String EXAMPLE = "alerts.file=../deploy/alerts.yaml";
    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path data;

    private record Result(int exitCode, String out, String err) {}

    private static Result run(Path folder, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--data", folder.toString()))
                .toArray(String[]::new);
        return new Result(commandLine.execute(all), out.toString(), err.toString());
    }

    private String ok(String... arguments) {
        Result result = run(data, arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }

    private String fails(int exitCode, String... arguments) {
        Result result = run(data, arguments);
        assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
        return result.err();
    }

    @Test
    void listsRules() {
        assertThat(ok("rules", "list").lines())
                .hasSize(AlertFile.shipped().rules().size() + 1)
                .anyMatch(line -> line.matches("EngineStuck +P0 +engine +< 1 +0s +>= 1 +30s +engine-stuck *"));
        JsonNode rules = TestServer.parse(ok("rules", "list", "--format", "json", "--set", EXAMPLE))
                .get("rules");
        assertThat(rules.findValuesAsText("alert"))
                .contains("KvCacheNearlyFull")
                .doesNotContain("SlowerThanAnHourAgo");
        assertThat(fails(1, "rules", "list", "--set", "alerts.file=" + data.resolve("none.yaml")))
                .contains("none.yaml");
    }

    @Test
    void testsTheScenariosOfTheFile() throws IOException {
        assertThat(ok("rules", "test", "--set", EXAMPLE)).contains("ok      ", "\n2 scenarios, 0 failed\n");
        Path file = Files.writeString(data.resolve("alerts.yaml"), """
                scenarios:
                  - rule: KvCacheNearlyFull
                    at: 6m
                    fires: {'vitrine_kv_utilization_ratio{model="m"}': "0.5x40"}
                """);

        Result failed = run(data, "rules", "test", "--set", "alerts.file=" + file);

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).contains("FAILED  ", "1 scenarios, 1 failed");
    }

    @Test
    void exportsRulesWithTheConfiguredRunbooks() {
        assertThat(ok(
                        "rules",
                        "export",
                        "--format",
                        "prometheus",
                        "--set",
                        "alerts.runbook-url=https://wiki.example/r/"))
                .contains("https://wiki.example/r/engine-stuck.md", "alert: EngineStuck")
                .doesNotContain("github.com");
        assertThat(ok("rules", "export", "--format", "alertmanager", "--set", EXAMPLE))
                .contains("team-chat")
                .doesNotContain("SLACK_WEBHOOK_URL");
        assertThat(fails(2, "rules", "export")).contains("--format");
    }

    @Test
    void silencesWithoutAServer() {
        String id = ok("alerts", "silence", "--for", "2h", "--why", "new \u001b[2J disk", "alertname=DiskNearlyFull")
                .split(" ", 2)[0];

        String listed = ok("alerts", "list");
        assertThat(listed).contains(id, "alertname=\"DiskNearlyFull\"", "disk");
        assertThat(listed.replace("\n", "").codePoints())
                .as("what is written cannot steer the terminal")
                .allMatch(point -> point >= ' ' && point < 0x7f);
        assertThat(TestServer.parse(ok("alerts", "list", "--format", "json"))
                        .at("/silences/0/id")
                        .asText())
                .isEqualTo(id);
        ok("alerts", "expire", id);
        assertThat(ok("alerts", "list")).doesNotContain(id);
        assertThat(fails(1, "alerts", "expire", id)).contains("there is no silence " + id);
    }

    @Test
    void refusesWhatIsNotUnderstood() {
        for (List<String> wrong : List.of(
                List.of("--for", "2h", "--why", "x"),
                List.of("--for", "2h", "severity=P2"),
                List.of("--why", "x", "severity=P2"),
                List.of("--for", "soon", "--why", "x", "severity=P2"),
                List.of("--for", "91d", "--why", "x", "severity=P2"),
                List.of("--for", "2h", "--why", " ", "severity=P2"),
                List.of("--for", "2h", "--why", "x", "severity"),
                List.of("--for", "2h", "--why", "x", "severity=~.*"))) {
            fails(
                    2,
                    Stream.concat(Stream.of("alerts", "silence"), wrong.stream())
                            .toArray(String[]::new));
        }
        assertThat(TestServer.parse(ok("alerts", "list", "--format", "json")).get("silences"))
                .isEmpty();
    }

    @Test
    void aRunningServerFollows() throws IOException {
        Path file = Files.writeString(data.resolve("alerts.yaml"), """
                disabled: [ProcessorSaturated, MemoryNearlyFull, DiskNearlyFull, DiskFillsSoon]
                rules:
                  - {alert: ModelIsReady, severity: P2, expr: max(vitrine_engine_slots), fires: "> 0", summary: s,
                     action: a, runbook: model-missing}
                """);
        String set = "alerts.file=" + file;
        try (TestServer server = TestServer.start(TestTelemetry.metrics(), 1, "alerts.interval=1s", set)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> run(server.data(), "alerts", "list", "--set", set)
                    .out()
                    .contains("ModelIsReady"));
            String id = run(
                            server.data(),
                            "alerts",
                            "silence",
                            "--for",
                            "1h",
                            "--why",
                            "test",
                            "alertname=ModelIsReady")
                    .out()
                    .split(" ", 2)[0];
            await().atMost(Duration.ofSeconds(30)).until(() -> alert(server).has("suppressed"));
            assertThat(run(server.data(), "alerts", "expire", id).exitCode()).isZero();
            await().atMost(Duration.ofSeconds(30)).until(() -> !alert(server).has("suppressed"));

            server.json(TestServer.CHAT, BODY);
            String slo = await().atMost(Duration.ofSeconds(30))
                    .until(() -> run(server.data(), "slo").out(), out -> out.contains("100.00 %"));
            assertThat(slo).contains("availability", "model=test/model", "99.00 %");
        }
    }

    private static JsonNode alert(TestServer server) {
        return TestServer.parse(server.getManagement("/api/alerts").body()).at("/alerts/0");
    }
}
