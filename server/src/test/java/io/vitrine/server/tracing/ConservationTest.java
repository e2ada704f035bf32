package io.vitrine.server.tracing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** Far apart, so that the engine does not take itself for broken. */
    private static void failNowAndThen(TestServer server, Random random) {
        for (int step = 20 + random.nextInt(20); step < 400; step += 20 + random.nextInt(60)) {
            server.runner().failAt(step);
        }
    }
}
