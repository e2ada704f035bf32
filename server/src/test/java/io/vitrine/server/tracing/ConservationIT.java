package io.vitrine.server.tracing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.SmolLm2;
import io.vitrine.server.SmolLm2Loader;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link Conservation} with the real model: tensors, guessed tokens and all. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConservationIT {

    @TempDir
    private Path folder;

    @Test
    void everyRequestIsToldOnceInEverySignalAndItsTokensAgree() throws IOException, InterruptedException {
        Path model = SmolLm2.gguf(); // fetched before the clock runs, or skipped
        double shared = new Conservation(folder, 30)
                .check(
                        telemetry -> TestServer.start(
                                telemetry,
                                new SmolLm2Loader(),
                                "model=" + model,
                                "queue.limit=20",
                                "engine.slots=4",
                                "engine.context-length=512",
                                "engine.prefill-chunk=16"),
                        5);
        assertThat(shared)
                .as("shared out among requests, of the time in which the engine was busy")
                .isBetween(0.99, 1.0);
    }
}
