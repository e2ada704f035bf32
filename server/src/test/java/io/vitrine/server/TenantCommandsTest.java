package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code keys} and {@code tenants}, beside a server and without one. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TenantCommandsTest {

    private static final String BODY =
            "{\"model\":\"test/model\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    @TempDir
    private Path data;

    private record Result(int exitCode, String out, String err) {}

    private Result run(Path folder, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = Stream.concat(Stream.of(arguments), Stream.of("--data", folder.toString()))
                .toArray(String[]::new);
        return new Result(commandLine.execute(all), out.toString(), err.toString());
    }

    @Test
    void aKeyIsShownOnceOnStandardOutputAlone() {
        Result created = run(
                data,
                "keys",
                "create",
                "--tenant",
                "acme",
                "--name",
                "ci",
                "--scopes",
                "infer,read-telemetry",
                "--expires",
                "2999-01-31");
        String key = created.out().strip();

        assertThat(created.exitCode()).isZero();
        assertThat(created.out()).matches("vt_[0-9A-Za-z]{36}\\R");
        assertThat(created.err())
                .contains(key.substring(0, 11), "tenant acme is new")
                .doesNotContain(key.substring(11));
        String table = run(data, "keys", "list").out();
        assertThat(table).contains(key.substring(0, 11), "acme", "infer,read-telemetry", "2999-01-31T00:00:00Z", "ci");
        JsonNode listed =
                TestServer.parse(run(data, "keys", "list", "--format", "json").out());
        assertThat(listed.at("/keys/0/prefix").asText()).isEqualTo(key.substring(0, 11));
        assertThat(table + listed).doesNotContain(key.substring(11));
    }

    @Test
    void aKeyIsRevokedAndOneThatIsNotThereIsAFailureThatQuotesNothing() {
        String key = run(data, "keys", "create", "--tenant", "acme").out().strip();

        assertThat(run(data, "keys", "revoke", key.substring(0, 11)).exitCode()).isZero();
        assertThat(TestServer.parse(
                                run(data, "keys", "list", "--format", "json").out())
                        .at("/keys/0")
                        .has("revoked_at"))
                .isTrue();
        Result wholeKey = run(data, "keys", "revoke", key);
        assertThat(wholeKey.exitCode()).isEqualTo(1);
        assertThat(wholeKey.err()).doesNotContain(key.substring(11));
    }

    @Test
    void whatCannotBeUnderstoodMakesNoKey() {
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("--tenant", "a", "--scopes", "root"),
                List.of("--tenant", "a", "--expires", "+999999999-12-31"),
                List.of("--tenant", "a", "--expires", "soon"))) {
            Result result = run(
                    data,
                    Stream.concat(Stream.of("keys", "create"), wrong.stream()).toArray(String[]::new));
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.out()).isEmpty();
        }
        assertThat(run(data, "keys", "create", "--tenant", "a", "--expires", "2001-01-01")
                        .exitCode())
                .isEqualTo(1);
        assertThat(run(data, "keys", "list", "--format", "json").out().strip()).isEqualTo("{\"keys\":[]}");
    }

    @Test
    void replicasShareAKeyByItsFile(@TempDir Path other) throws IOException {
        String key = run(data, "keys", "create", "--tenant", "acme").out();
        Path file = Files.writeString(other.resolve("key"), key);

        for (int start = 0; start < 2; start++) { // each start of a replica does it again
            Result adopted = run(other, "keys", "create", "--tenant", "acme", "--from", file.toString());
            assertThat(adopted.exitCode()).as(adopted.err()).isZero();
            assertThat(adopted.out()).isEmpty();
        }

        JsonNode keys =
                TestServer.parse(run(other, "keys", "list", "--format", "json").out());
        assertThat(keys.at("/keys")).hasSize(1);
        assertThat(keys.at("/keys/0/prefix").asText()).isEqualTo(key.substring(0, 11));
    }

    @Test
    void aTenantIsSetBySettingsOfTheFilesNames() {
        Result set = run(
                data,
                "tenants",
                "set",
                "acme",
                "priority=high",
                "limits.requests-per-minute=60",
                "models=smol*, qwen*",
                "budget.day=5.50",
                "budget.currency=USD",
                "sla.ttft-ms=500");

        assertThat(set.exitCode()).isZero();
        JsonNode shown = TestServer.parse(
                run(data, "tenants", "show", "acme", "--format", "json").out());
        assertThat(shown.toString())
                .isEqualTo("{\"id\":\"acme\",\"priority\":\"high\",\"limits\":{\"requests-per-minute\":60},"
                        + "\"models\":[\"smol*\",\"qwen*\"],\"budget\":{\"day\":\"5.5\",\"currency\":\"USD\"},"
                        + "\"traces\":\"sampled\",\"content\":\"never\",\"prefix-cache\":\"shared\","
                        + "\"sla\":{\"ttft-ms\":500,\"percentile\":0.95,\"availability\":0.0}}");
        run(data, "tenants", "set", "acme", "limits.requests-per-minute=", "models=", "priority=low");
        assertThat(run(data, "tenants", "show", "acme").out())
                .contains("low", "budget.day", "5.5")
                .doesNotContain("requests-per-minute", "smol");
        assertThat(run(data, "tenants", "list").out()).contains("acme", "default", "day:5.5 currency:USD");
    }

    @Test
    void aSettingThatIsNoneChangesNothing() {
        run(data, "tenants", "set", "acme", "priority=high");
        for (String wrong : List.of(
                "priority=wrong",
                "limits.speed=3",
                "limits=3",
                "priority.x=1",
                "id=other",
                "a.b.c=1",
                "priority",
                "budget.day=5",
                "limits.output-tokens=0")) {
            Result result = run(data, "tenants", "set", "acme", wrong);
            assertThat(result.exitCode()).as(wrong).isEqualTo(1);
            assertThat(result.err()).startsWith("vitrine: ").hasLineCount(1);
        }
        assertThat(run(data, "tenants", "show", "acme").out()).contains("high");
    }

    @Test
    void nothingFromAClientSteersTheTerminal() {
        String name = "\u001b[2J\u202eevil\r\nvt_fake";
        run(data, "keys", "create", "--tenant", "acme", "--name", name);
        run(data, "tenants", "set", "acme", "models=\u001b]0;x\u0007*");
        for (List<String> command : List.of(
                List.of("keys", "list"),
                List.of("keys", "list", "--format", "json"),
                List.of("tenants", "list"),
                List.of("tenants", "list", "--format", "json"),
                List.of("tenants", "show", "acme"))) {
            String out = run(data, command.toArray(String[]::new)).out();
            assertThat(out.replace("\n", "").codePoints())
                    .as(command.toString())
                    .allMatch(point -> point >= ' ' && point < 0x7f);
            assertThat(out).containsIgnoringCase(command.contains("keys") ? "u202eevil" : "u001b]0;x");
        }
        assertThat(run(data, "tenants", "set", "acme", "priority=\u001b[31m").err())
                .contains("\\u001b[31m")
                .doesNotContain("\u001b");
    }

    @Test
    void aCommandWithoutItsArgumentsGivesItsUsage() {
        for (List<String> command : List.of(
                List.of("tenants", "set"),
                List.of("tenants", "set", "acme"),
                List.of("tenants", "show"),
                List.of("tenants", "remove"),
                List.of("keys", "create"),
                List.of("keys", "revoke"),
                List.of("models", "pull"),
                List.of("store", "export"),
                List.of("store", "export", "spans"),
                List.of("store", "delete-tenant"))) {
            Result result = run(data, command.toArray(String[]::new));
            assertThat(result.exitCode()).as(command.toString()).isEqualTo(2);
            assertThat(result.err()).contains("Usage: ", "Missing required").doesNotContain("null");
        }
    }

    @Test
    void aRemovedTenantsKeysStayRevoked() {
        String key = run(data, "keys", "create", "--tenant", "acme").out().strip();
        run(data, "tenants", "remove", "acme");
        run(data, "tenants", "set", "acme", "priority=high");

        assertThat(TestServer.parse(
                                run(data, "keys", "list", "--format", "json").out())
                        .at("/keys/0")
                        .hasNonNull("revoked_at"))
                .isTrue();
        try (TestServer server = TestServer.start("data=" + data)) {
            assertThat(server.post(TestServer.CHAT, BODY, key).statusCode()).isEqualTo(401);
        }
        Result refused = run(data, "tenants", "remove", "default");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("default cannot be removed");
    }

    @Test
    void aTenantIsRemoved() {
        run(data, "tenants", "set", "acme", "priority=high");

        assertThat(run(data, "tenants", "remove", "acme").exitCode()).isZero();
        assertThat(run(data, "tenants", "remove", "acme").exitCode()).isEqualTo(1);
        assertThat(run(data, "tenants", "show", "acme").exitCode()).isEqualTo(1);
    }

    @Test
    void aRunningServerFollows() {
        try (TestServer server = TestServer.start("tenants.keys-required=true")) {
            String key = run(server.data(), "keys", "create", "--tenant", "acme")
                    .out()
                    .strip();

            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.post(TestServer.CHAT, BODY, key).statusCode() == 200);
            run(server.data(), "tenants", "set", "acme", "models=other");
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.post(TestServer.CHAT, BODY, key).statusCode() == 403);
            run(server.data(), "tenants", "set", "acme", "models=");
            run(server.data(), "keys", "revoke", key.substring(0, 11));
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.post(TestServer.CHAT, BODY, key).statusCode() == 401);
        }
    }

    @Test
    void theConfigurationsTenantsHoldFromTheStartOnAndTheOthersStay() throws Exception {
        Path file = Files.writeString(
                data.resolve("tenants.yaml"), "tenants:\n  - {id: acme, priority: low}\n  - {id: zeta}\n");
        run(data, "tenants", "set", "acme", "priority=high");
        run(data, "tenants", "set", "kept", "priority=high");

        String list =
                run(data, "tenants", "list", "--set", "tenants.file=" + file).out();

        assertThat(list.lines().map(line -> line.split(" +", -1)[0] + " " + line.split(" +", -1)[1]))
                .containsExactly("TENANT PRIORITY", "acme low", "default normal", "kept high", "zeta normal");
        Files.writeString(file, "tenants:\n  - {id: acme, priority: loud}\n");
        assertThat(run(data, "tenants", "list", "--set", "tenants.file=" + file).err())
                .contains("tenants[0].priority must be one of [high, normal, low]: loud");
    }
}
