package io.vitrine.server;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.server.config.ServerConfig;

/** Loads the real model, by the name under which tests ask for their own. */
public final class SmolLm2Loader implements ModelLoader {

    @Override
    public LoadedModel load(ServerConfig config) throws IOException, InterruptedException {
        // OpenMP sleeps between operators while a second thread lives that has called libtorch: this one ends.
        FutureTask<LoadedModel> load = new FutureTask<>(() -> renamed(config));
        new Thread(load, "model-load").start();
        try {
            return load.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static LoadedModel renamed(ServerConfig config) throws IOException, InterruptedException {
        LoadedModel model = new CheckpointLoader(
                        DownloadProgress.on(System.err, false, System::nanoTime), System.err, System::nanoTime)
                .load(config);
        return new LoadedModel(
                TestModel.NAME,
                model.tokenizer(),
                model.chatTemplate(),
                model.endOfTextIds(),
                model.runner(),
                model.slots(),
                model.weightBytes());
    }
}
