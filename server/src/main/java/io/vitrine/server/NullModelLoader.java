package io.vitrine.server;

import java.io.PrintStream;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.nullengine.NullModel;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.EngineConfig;

/** Gives the null engine's model, for which nothing is fetched or read. */
final class NullModelLoader implements ModelLoader {

    private final PrintStream out;
    private final NanoClock clock;

    /** @param out gets a line that says so: nobody must take its answers for a model's */
    NullModelLoader(PrintStream out, NanoClock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public LoadedModel load(ServerConfig config) {
        EngineConfig engine = config.engine();
        int slots = engine.slots().orElse(NullModel.DEFAULT_SLOTS);
        int contextLength = engine.contextLength().orElse(NullModel.DEFAULT_CONTEXT_LENGTH);
        out.printf(
                "Null engine: the same text for every request, a token every %d us; %d slots of up to %d tokens%n",
                engine.nullPace().toNanos() / 1_000, slots, contextLength);
        return new LoadedModel(
                NullModel.NAME,
                NullModel.text(),
                NullModel.runner(engine.nullPace(), contextLength, slots, clock),
                slots,
                0);
    }
}
