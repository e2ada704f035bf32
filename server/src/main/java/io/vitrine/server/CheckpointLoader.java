package io.vitrine.server;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.hub.CommandRunner;
import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.hub.HubSettings;
import io.vitrine.model.hub.LocalModel;
import io.vitrine.model.hub.ModelCache;
import io.vitrine.model.hub.ModelCatalogue;
import io.vitrine.model.kv.KvPlan;
import io.vitrine.model.quality.Int8Quality;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchDevice;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.EngineConfig;
import io.vitrine.server.config.ServerConfig.HubConfig;

/** Finds the configured model, fetching it if need be, and loads it onto libtorch. */
final class CheckpointLoader implements ModelLoader {

    /** What a process needs beside weights, at the least. */
    private static final long GIBIBYTE = 1L << 30;

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
        TorchDevice device = TorchDevice.parse(config.engine().device());
        refuseWhatAGpuLacks(config.engine(), device);
        TorchRunner.require(device); // before anything is fetched
        LocalModel local = cache(config.hub(), config.data(), clock).resolve(config.model(), progress);
        try (Checkpoint checkpoint = Checkpoint.open(local.path())) {
            return load(local, checkpoint, device, config.engine());
        }
    }

    private static void refuseWhatAGpuLacks(EngineConfig engine, TorchDevice device) {
        if (!device.isCuda()) {
            return;
        }
        if (engine.precision() == ServerConfig.Precision.INT8) {
            throw new IllegalArgumentException(
                    "engine.precision must be auto, bf16 or float32 where engine.device is " + device + ": int8");
        }
        if (engine.kvBytes().isEmpty()) { // a share of the machine's memory says nothing about the GPU's
            throw new IllegalArgumentException(
                    "engine.kv-memory must be a size, what the weights leave of the GPU's memory, where engine.device is "
                            + device + ": auto");
        }
    }

    private LoadedModel load(LocalModel local, Checkpoint checkpoint, TorchDevice device, EngineConfig engine)
            throws IOException {
        ModelConfig shape = checkpoint.config();
        int threads = engine.threads().orElse(Runtime.getRuntime().availableProcessors());
        Choice choice = choice(local, checkpoint, device, engine, threads);
        Precision precision = choice.precision();
        KvPlan plan = plan(shape, precision, engine);
        out.printf(
                "Loading %s on %s: precision %s%s, %d threads, %d slots of up to %d tokens, KV memory up to %d MiB"
                        + " and %d MiB for the prompt being computed%n",
                local.name(),
                device,
                precision.word(),
                choice.reason(),
                threads,
                plan.slots(),
                plan.contextLength(),
                plan.bytes() >> 20,
                plan.gatheredBytes() >> 20);
        TorchSettings settings = new TorchSettings(
                device,
                precision,
                threads,
                plan.contextLength(),
                plan.pages(),
                plan.gatheredPages() * TorchSettings.PAGE_POSITIONS);
        // The tokenizer beside the weights: libtorch takes a while to get ready, and keeps one processor meanwhile.
        var text =
                CompletableFuture.supplyAsync(() -> ModelText.open(local.path(), checkpoint, engine.controlTokens()));
        TorchRunner runner;
        try {
            runner = TorchRunner.load(shape, checkpoint, settings);
        } catch (RuntimeException | Error e) {
            text.thenAccept(ModelText::close).exceptionally(ignored -> null).join();
            throw e;
        }
        try {
            text.join().warnings().forEach(warning -> out.println("Warning: " + warning));
            return new LoadedModel(
                    local.name(), text.join(), runner, plan.slots(), WeightBytes.ofAStep(shape, precision));
        } catch (CompletionException e) {
            runner.close();
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /**
     * The precision to compute in.
     *
     * @param reason why this one, if the configuration left it open, or how, where the processor lacks its instructions; or nothing
     */
    private record Choice(Precision precision, String reason) {}

    private Choice choice(LocalModel local, Checkpoint checkpoint, TorchDevice device, EngineConfig engine, int threads)
            throws IOException {
        return switch (engine.precision()) {
            case AUTO ->
                device.isCuda()
                        ? new Choice(Precision.BF16, " (the one for GPUs)")
                        : fastestThatKeepsQuality(local, checkpoint, threads);
            case INT8 -> fixed(Precision.INT8, device);
            case BF16 -> fixed(Precision.BF16, device);
            case FLOAT32 -> fixed(Precision.FLOAT32, device);
        };
    }

    private static Choice fixed(Precision precision, TorchDevice device) {
        Optional<String> how = device.isCuda() ? Optional.empty() : precision.fallbackOn(CpuFeatures.ofThisMachine());
        return new Choice(precision, how.map(words -> " (" + words + ")").orElse(""));
    }

    /** The fastest on this processor, but int8 only for a model whose text it leaves as good. */
    private Choice fastestThatKeepsQuality(LocalModel local, Checkpoint checkpoint, int threads) throws IOException {
        CpuFeatures cpu = CpuFeatures.ofThisMachine();
        Precision fastest = Precision.fastestFor(cpu);
        String why = " (the fastest on this processor: " + Precision.whyFastestFor(cpu);
        if (fastest != Precision.INT8) {
            return new Choice(fastest, why + ")");
        }
        if (WeightBytes.ofAStep(checkpoint.config(), Precision.BF16) > machineBytes() - GIBIBYTE) {
            return new Choice(fastest, why + "; its quality is not measured: bf16 weights exceed the memory)");
        }
        Optional<Int8Quality> kept = Int8Quality.kept(local.path());
        if (kept.isEmpty()) {
            out.printf("Measuring what int8 costs of the quality of %s, once for this model%n", local.name());
        }
        Int8Quality quality = kept.isPresent() ? kept.get() : Int8Quality.measure(local.path(), checkpoint, threads);
        return quality.isWithinBound()
                ? new Choice(Precision.INT8, why + "; " + quality + ")")
                : new Choice(Precision.BF16, " (" + quality + ")");
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
