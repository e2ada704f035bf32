package io.vitrine.server;

import java.io.IOException;

import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.server.config.ServerConfig;

/** Loads the real model, by the name under which tests ask for their own. */
public final class SmolLm2Loader implements ModelLoader {

    @Override
    public LoadedModel load(ServerConfig config) throws IOException, InterruptedException {
        LoadedModel model = new CheckpointLoader(
                        DownloadProgress.on(System.err, false, System::nanoTime), System.err, System::nanoTime)
                .load(config);
        return new LoadedModel(TestModel.NAME, model.text(), model.runner(), model.slots(), model.weightBytes());
    }
}
