package io.vitrine.server;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;

import io.vitrine.model.ModelPackage;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.hub.CommandRunner;
import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.hub.HubSettings;
import io.vitrine.model.hub.LocalModel;
import io.vitrine.model.hub.ModelCache;
import io.vitrine.model.hub.ModelCatalogue;
import io.vitrine.model.kv.KvPlan;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.EngineConfig;
import io.vitrine.server.config.ServerConfig.HubConfig;

/** Finds the configured model, fetching it if need be, and loads it onto libtorch. */
final class CheckpointLoader implements ModelLoader {

    private final DownloadProgress progress;
    private final PrintStream out;
    private final NanoClock clock;

    /** @param out told in words what was chosen where the configuration left a choice */
    CheckpointLoader(DownloadProgress progress, PrintStream out, NanoClock clock) {
        this.progress = progress;
        this.out = out;
        this.clock = clock;
    }

    /** The cache under the configured data folder. */
    static ModelCache cache(HubConfig hub, Path data, NanoClock clock) {
        HubSettings settings = HubSettings.DEFAULT.withEndpoint(hub.endpoint());
        HubSettings authorised = hub.token().map(settings::withToken).orElse(settings);
        return new ModelCache(data.resolve("models"), new ModelCatalogue(authorised, CommandRunner.ofProcesses(clock)));
    }

    @Override
    public LoadedModel load(ServerConfig config) throws IOException, InterruptedException {
        LocalModel local = cache(config.hub(), config.data(), clock).resolve(config.model(), progress);
        ModelPackage model = ModelPackage.open(local.path());
        try {
            return load(local.name(), model, config.engine());
        } catch (RuntimeException | Error e) {
            model.tokenizer().close();
            throw e;
        } finally {
            model.checkpoint().close();
        }
    }

    private LoadedModel load(String name, ModelPackage model, EngineConfig engine) {
        if (!engine.device().equals("cpu")) {
            throw new IllegalArgumentException("engine.device must be cpu for now: " + engine.device());
        }
        ModelConfig shape = model.checkpoint().config();
        Precision precision = precision(engine);
        KvPlan plan = plan(shape, precision, engine);
        int threads = engine.threads().orElse(Runtime.getRuntime().availableProcessors());
        out.printf(
                "Loading %s: precision %s%s, %d threads, %d slots of up to %d tokens, KV memory up to %d MiB%n",
                name,
                precision.word(),
                engine.precision() == ServerConfig.Precision.AUTO ? " (the fastest on this processor)" : "",
                threads,
                plan.slots(),
                plan.contextLength(),
                plan.bytes() >> 20);
        TorchSettings settings = new TorchSettings(precision, threads, plan.contextLength(), plan.pages());
        TorchRunner runner = TorchRunner.load(shape, model.checkpoint(), settings);
        return new LoadedModel(
                name, model.tokenizer(), model.chatTemplate(), model.endOfTextIds(), runner, plan.slots());
    }

    private static Precision precision(EngineConfig engine) {
        return switch (engine.precision()) {
            case AUTO -> Precision.fastestFor(CpuFeatures.ofThisMachine());
            case INT8 -> Precision.INT8;
            case BF16 -> Precision.BF16;
            case FLOAT32 -> Precision.FLOAT32;
        };
    }

    private static KvPlan plan(ModelConfig shape, Precision precision, EngineConfig engine) {
        KvPlan.Needs needs = new KvPlan.Needs(
                shape.contextLength(),
                TorchSettings.PAGE_POSITIONS,
                TorchRunner.pageBytes(shape, precision),
                machineBytes());
        return KvPlan.of(needs, engine.slots(), engine.contextLength(), engine.kvBytes());
    }

    /** Memory of the machine, or of the container it is. */
    private static long machineBytes() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }
}
