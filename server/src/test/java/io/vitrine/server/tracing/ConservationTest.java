package io.vitrine.server.tracing;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.vitrine.observability.ErrorType;
import io.vitrine.server.TestServer;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.tenants.Tenant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link Conservation} with a model that fails now and then. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ConservationTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyRequestIsToldOnceInEverySignalAndItsTokensAgree(long seed) throws IOException {
        new Conservation(folder, 60)
                .check(
                        telemetry -> {
                            TestServer server =
                                    TestServer.start(telemetry, 3, "queue.limit=12", "engine.prefill-chunk=16");
                            failNowAndThen(server, new Random(seed));
                            return server;
                        },
                        seed);
    }

    /** Refusals by limits of a tenant are told like everything else, and nothing stays held. */
    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void soItIsWhereLimitsRefuseSome(long seed) throws IOException {
        Tenant[] limited = new Tenant[1];
        TestServer[] used = new TestServer[1];
        new Conservation(folder, 60)
                .check(
                        telemetry -> {
                            TestServer server = TestServer.start(telemetry, 3, "engine.prefill-chunk=16");
                            limited[0] = TenantJson.parse(
                                    TestServer.parse("{\"id\": \"default\", \"limits\": {\"concurrent-requests\": 6,"
                                            + " \"requests-per-minute\": 8, \"tokens-per-minute\": 4000}}"),
                                    "the test");
                            server.tenancy().registry().put(limited[0], "test");
                            used[0] = server;
                            return server;
                        },
                        seed);

        assertThat(used[0].summaries().stream().flatMap(summary -> summary.errorType().stream()))
                .containsAnyOf(
                        ErrorType.REQUEST_RATE_EXCEEDED, ErrorType.TOKEN_RATE_EXCEEDED, ErrorType.CONCURRENCY_EXCEEDED);
        used[0].advance(Duration.ofMinutes(10));
        assertThat(used[0].tenancy()
                        .rateState(limited[0])
                        .tokens()
                        .orElseThrow()
                        .remaining())
                .as("all that was held came back")
                .isEqualTo(4_000);
    }

    /** Far apart, so that the engine does not take itself for broken. */
    private static void failNowAndThen(TestServer server, Random random) {
        for (int step = 20 + random.nextInt(20); step < 400; step += 20 + random.nextInt(60)) {
            server.runner().failAt(step);
        }
    }
}
