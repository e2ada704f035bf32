package io.vitrine.server;

import java.io.IOException;

import io.vitrine.server.config.ServerConfig;

/** Brings the model that the configuration names into memory; takes seconds, or minutes if it must be fetched first. */
@FunctionalInterface
public interface ModelLoader {

    /**
     * The model, warm.
     *
     * @throws IOException if its files cannot be read
     * @throws RuntimeException if there is no such model, it is damaged, or it cannot run as configured; the message says
     *     what would help
     */
    LoadedModel load(ServerConfig config) throws IOException, InterruptedException;
}
