package io.vitrine.server;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.gpu.kernel.KernelLog;
import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.observability.Archive;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.CommonOptions.Shorthand;
import io.vitrine.server.alerting.AlertTime;
import io.vitrine.server.archive.StoreArchive;
import io.vitrine.server.config.EffectiveConfig;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.EngineKind;
import io.vitrine.server.config.ServerConfig.GpuConfig;
import io.vitrine.server.config.ServerConfig.TlsConfig;
import io.vitrine.server.tenancy.Tenancy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the server until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Serves a model through the OpenAI API until it gets SIGTERM or SIGINT.")
final class ServeCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private CommonOptions options = new CommonOptions();

    @Option(
            names = "--model",
            paramLabel = "NAME|PATH",
            description = "A known model, a .gguf file or a Hugging Face folder (default: smollm2-135m-instruct).")
    private @Nullable String model;

    @Option(names = "--port", paramLabel = "N", description = "Port of the API (default: 8080).")
    private @Nullable String port;

    @Option(names = "--management-port", paramLabel = "N", description = "Port of metrics and probes (default: 8081).")
    private @Nullable String managementPort;

    @Override
    public Integer call() throws InterruptedException {
        EffectiveConfig effective = options.read(
                new Shorthand("--model", "model", model),
                new Shorthand("--port", "server.port", port),
                new Shorthand("--management-port", "server.management-port", managementPort));
        // Standard output is for log lines.
        PrintWriter err = spec.commandLine().getErr();
        err.println("# configuration in effect");
        err.println(ShownText.escapedLines(effective.printed()));
        err.flush();
        try (ModelLoading loading =
                ModelLoading.begin(loader(effective.config()), effective.config(), System::nanoTime)) {
            serve(effective.config(), loading, AlertTime.of(System::nanoTime), err);
        }
        return 0;
    }

    /** Serves until the process is asked to stop. */
    static void serve(ServerConfig config, ModelLoading loading, AlertTime alertTime, PrintWriter err)
            throws InterruptedException {
        Optional<StoreArchive> archive = StoreStart.archive(config, System::nanoTime);
        Telemetry telemetry = Telemetry.start(
                TelemetryStart.settings(config), System::nanoTime, archive.<Archive>map(Function.identity()));
        InferenceServer server = new InferenceServer(
                config,
                loading,
                telemetry,
                tenancy(config, telemetry, archive),
                telemetry.requestListener(),
                archive.map(StoreArchive::history),
                System::nanoTime,
                alertTime);
        GpuProbe probe = GpuProbe.start(probeSettings(config.gpu()), new SystemProbeClock(), server.gpuListener());
        probe.kernelLogProblem()
                .ifPresent(problem -> err.println("gpu.kernel-log: " + problem + "; XIDs come as events alone"));
        server.readGpus(probe::snapshot);
        SignalStop stop = SignalStop.arm(server, probe, telemetry, archive);
        try {
            server.bind();
            server.serveModel();
        } catch (RuntimeException | Error e) {
            stop.disarmAndStop();
            throw e;
        }
        announce(server, config.server().tls(), err);
        stop.await();
    }

    private static Tenancy tenancy(ServerConfig config, Telemetry telemetry, Optional<StoreArchive> archive) {
        try {
            return Tenancy.open(config, telemetry.events(), System::nanoTime, Clock.systemUTC());
        } catch (RuntimeException e) {
            telemetry.close();
            archive.ifPresent(StoreArchive::close);
            throw new StartException("cannot open tenants, keys and ledger: " + Failures.inWords(e), e);
        }
    }

    private static GpuProbeSettings probeSettings(GpuConfig gpu) {
        GpuProbeSettings settings = GpuProbeSettings.DEFAULT.with(gpu.library(), gpu.pollInterval());
        return gpu.kernelLog() ? settings.withKernelLog(KernelLog.DEVICE) : settings;
    }

    private static ModelLoader loader(ServerConfig config) {
        if (config.engine().kind() == EngineKind.NULL) {
            return new NullModelLoader(System.err, System::nanoTime);
        }
        DownloadProgress progress = DownloadProgress.on(System.err, Terminal.isThere(), System::nanoTime);
        return new CheckpointLoader(progress, System.err, System::nanoTime);
    }

    private static void announce(InferenceServer server, TlsConfig tls, PrintWriter err) {
        long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        Duration sinceStart = Duration.ofMillis(System.currentTimeMillis() - startMillis);
        server.announce(sinceStart);
        err.println(String.format(
                Locale.ROOT,
                "ready: %s://localhost:%d/v1, metrics on %s://localhost:%d/metrics, in %.1f s",
                tls.scheme(),
                server.apiPort(),
                tls.managementScheme(),
                server.managementPort(),
                sinceStart.toMillis() / 1e3));
        err.flush();
    }
}
