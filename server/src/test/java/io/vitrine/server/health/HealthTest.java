package io.vitrine.server.health;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.HealthState;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GeneratedToken;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.GenerationUsage;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.model.engine.TokenSink;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.Component;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import io.vitrine.server.archive.StoredServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The table of faults and verdicts of {@code docs/health.md}, each fault made on a real server. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HealthTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String CHAT = "{\"model\":\"" + TestModel.NAME
            + "\",\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private static final boolean LIVE = true;
    private static final boolean READY = true;
    private static final boolean DEAD = false;
    private static final boolean NOT_READY = false;

    @TempDir
    private Path folder;

    /** Makes a fault; what it gives ends it. */
    @FunctionalInterface
    private interface Injection {
        Runnable into(Target target) throws Exception;
    }

    private record Target(TestServer server, Telemetry telemetry) {

        /** A request whose answer is awaited elsewhere. */
        void send(int maxTokens) {
            var unused = server.postAsync(TestServer.CHAT, CHAT.formatted(maxTokens));
        }

        /** Whole requests, so that the engine knows what steps take; the first steps are those of the first one. */
        void answer() {
            assertThat(server.post(TestServer.CHAT, CHAT.formatted(1)).statusCode())
                    .isEqualTo(200);
            server.awaitIdle();
        }

        int nextStep() {
            return server.runner().steps().size();
        }

        /** A request that is in its next step from now on. */
        ScriptedRunner.Gate hold() {
            ScriptedRunner.Gate gate = server.runner().holdAt(nextStep());
            send(1);
            gate.awaitReached();
            return gate;
        }

        Runnable holdFor(Duration time) {
            ScriptedRunner.Gate gate = hold();
            server.advance(time);
            return gate::release;
        }
    }

    private enum Fault {
        IDLE("no request", Component.ENGINE, Verdict.IDLE, LIVE, READY, target -> () -> {}),
        BUSY("a step within its limit", Component.ENGINE, Verdict.BUSY, LIVE, READY, target -> {
            target.answer();
            return target.holdFor(Duration.ofMillis(3_500));
        }),
        FIRST_STEP(
                "the first step, 50 s long",
                Component.ENGINE,
                Verdict.BUSY,
                LIVE,
                READY,
                target -> target.holdFor(Duration.ofSeconds(50))),
        LONG_PREFILL(
                "a prefill step of 15 s where such steps take 2 s",
                Component.ENGINE,
                Verdict.BUSY,
                LIVE,
                READY,
                target -> {
                    target.holdFor(Duration.ofSeconds(2)).run();
                    target.server.awaitIdle();
                    return target.holdFor(Duration.ofSeconds(15));
                }),
        STUCK_CALL("a model call that hangs", Component.ENGINE, Verdict.STUCK_CALL, DEAD, NOT_READY, target -> {
            target.answer();
            return target.holdFor(Duration.ofSeconds(4));
        }),
        STUCK_FIRST_CALL(
                "the first model call hangs", Component.ENGINE, Verdict.STUCK_CALL, DEAD, NOT_READY, target -> {
                    return target.holdFor(Duration.ofSeconds(60));
                }),
        STUCK_SLOW_CALL(
                "a model call that hangs where such steps take 2 s",
                Component.ENGINE,
                Verdict.STUCK_CALL,
                DEAD,
                NOT_READY,
                target -> {
                    target.holdFor(Duration.ofSeconds(2)).run();
                    target.server.awaitIdle();
                    return target.holdFor(Duration.ofSeconds(40));
                }),
        WEDGED_DELIVERY("delivery of a token that hangs", Component.ENGINE, Verdict.WEDGED, DEAD, NOT_READY, target -> {
            var hang = new Hang();
            target.answer();
            target.server.engine().submit(request(), hang.sink(), GenerationListener.NONE);
            return hang.reachedFor(target, Duration.ofSeconds(4));
        }),
        WEDGED_PLANNING("planning that hangs", Component.ENGINE, Verdict.WEDGED, DEAD, NOT_READY, target -> {
            var hang = new Hang();
            target.answer();
            target.server.engine().submit(request(), Hang.ignore(), hang.listener());
            return hang.reachedFor(target, Duration.ofSeconds(4));
        }),
        DEAD_THREAD("a step that throws an error", Component.ENGINE, Verdict.DEAD, DEAD, NOT_READY, target -> {
            target.server.runner().throwAt(0, new AssertionError("broken by the test"));
            assertThat(target.server.post(TestServer.CHAT, CHAT.formatted(1)).statusCode())
                    .isEqualTo(500);
            return () -> {};
        }),
        KILLED_THREAD("an engine thread that is gone", Component.ENGINE, Verdict.DEAD, DEAD, NOT_READY, target -> {
            target.server.engine().close();
            return () -> {};
        }),
        FAILED_STEP("one step that fails", Component.ENGINE, Verdict.IDLE, LIVE, READY, target -> {
            target.server.runner().failAt(0);
            assertThat(target.server.post(TestServer.CHAT, CHAT.formatted(1)).statusCode())
                    .isEqualTo(500);
            target.server.awaitIdle();
            return () -> {};
        }),
        FULL_QUEUE("a full queue", Component.QUEUE, Verdict.FULL, LIVE, READY, target -> {
            ScriptedRunner.Gate gate = target.hold();
            target.send(1);
            await().atMost(LIMIT).until(() -> target.server.engine().waitingCount() == 1);
            return gate::release;
        }),
        DRAINING("a server that stops", Component.MODEL, Verdict.DRAINING, LIVE, NOT_READY, target -> {
            target.server.server().state().drain();
            return () -> {};
        }),
        GPU_LOST("a GPU that is lost", Component.GPU, Verdict.FAILED, LIVE, NOT_READY, target -> {
            gpuBecomes(target, HealthState.FAILED, HealthRule.LOST);
            return () -> gpuBecomes(target, HealthState.OK, HealthRule.LOST);
        }),
        GPU_SILENT("a GPU whose driver hangs", Component.GPU, Verdict.FAILED, LIVE, NOT_READY, target -> {
            gpuBecomes(target, HealthState.UNKNOWN, HealthRule.STALLED);
            return () -> gpuBecomes(target, HealthState.OK, HealthRule.STALLED);
        }),
        GPU_HOT("a GPU that is degraded", Component.GPU, Verdict.OK, LIVE, READY, target -> {
            gpuBecomes(target, HealthState.DEGRADED, HealthRule.THROTTLED);
            return () -> {};
        }),
        LEDGER_FAILS("a ledger that cannot be written", Component.LEDGER, Verdict.FAILING, LIVE, READY, target -> {
            sql(target, "CREATE TRIGGER broken BEFORE INSERT ON cost_entries BEGIN SELECT RAISE(ABORT, 'test'); END");
            target.answer();
            return () -> {
                sql(target, "DROP TRIGGER broken");
                target.answer();
            };
        }),
        LEDGER_STALLS("a ledger that hangs", Component.LEDGER, Verdict.FAILING, LIVE, READY, target -> {
            Connection held = DriverManager.getConnection(ledger(target));
            execute(held, "BEGIN IMMEDIATE");
            target.answer();
            return () -> {
                execute(held, "ROLLBACK");
                close(held);
                target.answer();
                await().atMost(LIMIT)
                        .until(() -> target.server.server().health().healthy(Component.LEDGER));
            };
        }),
        EXPORTER_FAILS("a collector that takes nothing", Component.EXPORTER, Verdict.FAILING, LIVE, READY, target -> {
            target.telemetry.exports().get(Signal.TRACES).failed(7);
            return () -> target.telemetry.exports().get(Signal.TRACES).succeeded();
        });

        private final String words;
        private final Component component;
        private final Verdict verdict;
        private final boolean live;
        private final boolean ready;

        @SuppressWarnings("ImmutableEnumChecker") // without state
        private final Injection injection;

        Fault(String words, Component component, Verdict verdict, boolean live, boolean ready, Injection injection) {
            this.words = words;
            this.component = component;
            this.verdict = verdict;
            this.live = live;
            this.ready = ready;
            this.injection = injection;
        }

        /** Long enough for a disk that works. */
        String ledgerWait() {
            return this == LEDGER_STALLS ? "100ms" : "10s";
        }

        String row() {
            return row(words, component, verdict, live, ready);
        }

        static String row(String words, Component component, Verdict verdict, boolean live, boolean ready) {
            return "| " + words + " | " + component.label() + " | `" + verdict.label() + "` | " + (live ? 200 : 503)
                    + " | " + (ready ? 200 : 503) + " |";
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void hasTheVerdictOfTheFaultAndNoOther(Fault fault) throws Exception {
        String device = fault.component == Component.GPU ? "cuda:1" : "cpu";
        try (Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder.resolve("logs"));
                TestServer server = TestServer.start(
                        telemetry,
                        1,
                        "queue.limit=1",
                        "engine.device=" + device,
                        "ledger.wait=" + fault.ledgerWait())) {
            server.stopClock();
            Runnable end = fault.injection.into(new Target(server, telemetry));
            try {
                requireVerdict(server, fault.component, fault.verdict, fault.live, fault.ready);
            } finally {
                end.run();
            }
            if (fault.verdict.healthy() || fault.verdict == Verdict.DEAD) {
                return;
            }
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(200);
                assertThat(server.getManagement("/health/ready").statusCode()).isEqualTo(200);
                assertThat(report(server).path("status").asText()).isEqualTo("ok");
            });
        }
    }

    private static void requireVerdict(
            TestServer server, Component component, Verdict verdict, boolean live, boolean ready) {
        JsonNode report = report(server);
        for (Component other : Component.values()) {
            JsonNode health = report.path("components").path(other.label());
            if (other == component) {
                assertThat(health.path("verdict").asText())
                        .as(health.path("reason").asText())
                        .isEqualTo(verdict.label());
                assertThat(health.path("healthy").asBoolean()).isEqualTo(verdict.healthy());
                assertThat(health.has("stack")).isEqualTo(verdict == Verdict.WEDGED || verdict == Verdict.STUCK_CALL);
            } else {
                assertThat(health.path("healthy").asBoolean())
                        .as(other + ": " + health)
                        .isTrue();
            }
            assertThat(scrape(server))
                    .contains("vitrine_component_healthy{component=\"" + other.label() + "\"} "
                            + (other != component || verdict.healthy() ? "1" : "0"));
        }
        assertThat(report.path("live").asBoolean()).isEqualTo(live);
        assertThat(report.path("ready").asBoolean()).isEqualTo(ready);
        assertThat(report.path("status").asText())
                .isEqualTo(!ready ? "unavailable" : verdict.healthy() ? "ok" : "degraded");
        assertThat(server.getManagement("/health").statusCode()).isEqualTo(ready ? 200 : 503);
        assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(live ? 200 : 503);
        HttpResponse<String> readiness = server.getManagement("/health/ready");
        assertThat(readiness.statusCode()).isEqualTo(ready ? 200 : 503);
        HttpResponse<String> api = server.get("/health");
        assertThat(api.statusCode()).isEqualTo(readiness.statusCode());
        assertThat(api.body()).isEqualTo(readiness.body());
    }

    @Test
    void loadingIsNotReadyAndNotIll() {
        var mayLoad = new CountDownLatch(1);
        try (TestServer server = TestServer.bound(config -> {
            mayLoad.await();
            return TestModel.with(TestModel.runner(), 1);
        })) {
            JsonNode report = report(server);
            for (Component component : List.of(Component.MODEL, Component.ENGINE, Component.QUEUE)) {
                JsonNode health = report.path("components").path(component.label());
                assertThat(health.path("verdict").asText()).isEqualTo("loading");
                assertThat(health.path("healthy").asBoolean()).isTrue();
            }
            assertThat(server.getManagement("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.getManagement("/health/ready").statusCode()).isEqualTo(503);

            mayLoad.countDown();
            server.loadModel();

            assertThat(report(server).path("status").asText()).isEqualTo("ok");
        }
    }

    @Test
    void aStoreThatCannotBeWrittenIsFailingUntilItCan() throws IOException {
        Path hot = folder.resolve("store/hot");
        Files.createDirectories(hot.getParent());
        Files.writeString(hot, "in the way");
        try (StoredServer stored = new StoredServer(folder, 1)) {
            assertThat(stored.chat("req-1", "^").statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> !stored.server().server().health().healthy(Component.STORE));
            requireVerdict(stored.server(), Component.STORE, Verdict.FAILING, LIVE, READY);

            Files.delete(hot);

            assertThat(stored.chat("req-2", "^").statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> stored.server().server().health().healthy(Component.STORE));
            requireVerdict(stored.server(), Component.STORE, Verdict.OK, LIVE, READY);
        }
    }

    @Test
    void aStuckCallIsSeenWithinFiveSecondsWithItsStack() {
        try (Telemetry telemetry = TestTelemetry.metrics();
                TestServer server = TestServer.start(telemetry, 1)) {
            Target target = new Target(server, telemetry);
            target.answer();
            server.stopClock();
            ScriptedRunner.Gate gate = target.hold();
            long seenAfterMillis = 0;
            while (server.getManagement("/health/live").statusCode() == 200 && seenAfterMillis < 60_000) {
                server.advance(Duration.ofMillis(100));
                seenAfterMillis += 100;
            }

            assertThat(seenAfterMillis).isEqualTo(4_000);
            JsonNode engine = report(server).path("components").path("engine");
            assertThat(engine.path("reason").asText())
                    .isEqualTo("step 1 (8 tokens) has run for 4000 ms, in a call of the model for 4000 ms; "
                            + "the limit for such a step is 4000 ms");
            assertThat(engine.path("stack").toString()).contains(ScriptedRunner.class.getName() + ".run");
            assertThat(server.get("/health").body()).contains("engine_stuck");
            gate.release();
        }
    }

    @Test
    void agesGrowWhileTheEngineIsStuck() {
        try (Telemetry telemetry = TestTelemetry.metrics();
                TestServer server = TestServer.start(telemetry, 1)) {
            Target target = new Target(server, telemetry);
            server.stopClock();
            ScriptedRunner.Gate gate = target.hold();
            server.advance(Duration.ofSeconds(2));
            target.send(1);
            await().atMost(LIMIT).until(() -> server.engine().waitingCount() == 1);
            server.advance(Duration.ofSeconds(5));

            assertThat(scrape(server))
                    .contains("vitrine_oldest_running_seconds{model=\"test/model\"} 7.0")
                    .contains("vitrine_oldest_waiting_seconds{model=\"test/model\"} 5.0")
                    .contains("vitrine_engine_step_age_seconds{model=\"test/model\"} 7.0");

            gate.release();
            server.awaitIdle();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(scrape(server))
                    .contains("vitrine_oldest_running_seconds{model=\"test/model\"} 0.0")
                    .contains("vitrine_oldest_waiting_seconds{model=\"test/model\"} 0.0")
                    .contains("vitrine_engine_step_age_seconds{model=\"test/model\"} 0.0"));
        }
    }

    @Test
    void theDocumentHasTheTableOfThisTest() throws IOException {
        List<String> rows =
                new ArrayList<>(Arrays.stream(Fault.values()).map(Fault::row).toList());
        rows.add(Fault.row("a model that loads", Component.MODEL, Verdict.LOADING, LIVE, NOT_READY));
        rows.add(Fault.row("a store that cannot be written", Component.STORE, Verdict.FAILING, LIVE, READY));

        try (Stream<String> lines = Files.lines(Path.of("../docs/health.md"))) {
            assertThat(lines.filter(line -> line.matches("\\| .* \\| `[a-z_]+` \\| \\d+ \\| \\d+ \\|")))
                    .containsExactlyInAnyOrderElementsOf(rows);
        }
    }

    private static JsonNode report(TestServer server) {
        return TestServer.parse(server.getManagement("/health").body());
    }

    private static String scrape(TestServer server) {
        return server.getManagement("/metrics").body();
    }

    private static void gpuBecomes(Target target, HealthState state, HealthRule rule) {
        GpuHealth health = new GpuHealth(
                state,
                state == HealthState.OK ? List.of() : List.of(new HealthReason(rule, state, "made by the test")));
        target.server
                .server()
                .gpuListener()
                .healthChanged(new GpuIdentity(1, "GPU-1", "NVIDIA H100", "", "", "", "", ""), GpuHealth.GOOD, health);
    }

    private static String ledger(Target target) {
        return "jdbc:sqlite:" + target.server.data().resolve("store/ledger.db");
    }

    private static void sql(Target target, String statement) {
        try (Connection connection = DriverManager.getConnection(ledger(target))) {
            execute(connection, statement);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static GenerationRequest request() {
        return new GenerationRequest(
                "hang",
                new int[] {'h', 'i'},
                1,
                Set.of(),
                new SamplingParams(0, 0, 1, 0, 1, 0, 0, Map.of(), 1),
                GenerationRequest.NO_LOGPROBS,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                "");
    }

    /** Holds the engine thread in a sink or listener. */
    private static final class Hang {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        static TokenSink ignore() {
            return sink(() -> {});
        }

        TokenSink sink() {
            return sink(this::pass);
        }

        private static TokenSink sink(Runnable onToken) {
            return new TokenSink() {
                @Override
                public boolean token(GeneratedToken token) {
                    onToken.run();
                    return true;
                }

                @Override
                public void ended(FinishReason reason, GenerationUsage usage) {}
            };
        }

        GenerationListener listener() {
            return new GenerationListener() {
                @Override
                public void admitted(int slot, long atNanos) {
                    pass();
                }
            };
        }

        Runnable reachedFor(Target target, Duration time) {
            await(reached);
            target.server.advance(time);
            return released::countDown;
        }

        private void pass() {
            reached.countDown();
            await(released);
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
