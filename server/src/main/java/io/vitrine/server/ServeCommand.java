package io.vitrine.server;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;

import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.observability.metrics.MetricSettings;
import io.vitrine.server.CommonOptions.Shorthand;
import io.vitrine.server.config.EffectiveConfig;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.ConsoleLayout;
import io.vitrine.server.config.ServerConfig.OtelConfig;
import io.vitrine.server.config.ServerConfig.TelemetryConfig;
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
        err.println(effective.printed());
        err.flush();
        serve(effective.config(), err);
        return 0;
    }

    private static void serve(ServerConfig config, PrintWriter err) throws InterruptedException {
        Telemetry telemetry = Telemetry.start(telemetry(config), System::nanoTime);
        InferenceServer server = new InferenceServer(config, loader(), telemetry, System::nanoTime);
        SignalStop stop = SignalStop.arm(server, telemetry);
        try {
            server.bind();
            server.loadModel();
        } catch (RuntimeException e) {
            stop.disarmAndStop();
            throw e;
        }
        announce(server, err);
        stop.await();
    }

    private static ModelLoader loader() {
        DownloadProgress progress = DownloadProgress.on(System.err, Terminal.isThere(), System::nanoTime);
        return new CheckpointLoader(progress, System.err, System::nanoTime);
    }

    private static void announce(InferenceServer server, PrintWriter err) {
        long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        Duration sinceStart = Duration.ofMillis(System.currentTimeMillis() - startMillis);
        server.announce(sinceStart);
        err.println(String.format(
                Locale.ROOT,
                "ready: http://localhost:%d/v1, metrics on http://localhost:%d/metrics, in %.1f s",
                server.apiPort(),
                server.managementPort(),
                sinceStart.toMillis() / 1e3));
        err.flush();
    }

    private static TelemetrySettings telemetry(ServerConfig config) {
        ResourceAttributes resource = resource(config.telemetry().otel());
        LogSettings logs = LogSettings.in(config.data().resolve("logs"))
                .withConsole(consoleFormat(config.telemetry().logsConsole()))
                .withLevel(config.telemetry().logsLevel())
                .withOtlp(config.telemetry().otel().logs(), resource);
        return new TelemetrySettings(
                resource.serviceName(),
                config.telemetry().metricsEnabled(),
                config.telemetry().logsEnabled(),
                metrics(config, resource),
                logs,
                config.traces().enabled() ? Optional.of(TracingConfig.settings(config, resource)) : Optional.empty());
    }

    private static MetricSettings metrics(ServerConfig config, ResourceAttributes resource) {
        TelemetryConfig telemetry = config.telemetry();
        return new MetricSettings(
                config.data(),
                telemetry.metricsVllmNames(),
                telemetry.metricsTenants(),
                telemetry.otel().metrics(),
                resource);
    }

    private static ResourceAttributes resource(OtelConfig otel) {
        return ResourceAttributes.of(
                otel.serviceName(),
                Version.current(),
                UUID.randomUUID().toString(),
                HostName.get(),
                otel.resourceAttributes());
    }

    private static ConsoleFormat consoleFormat(ConsoleLayout layout) {
        return switch (layout) {
            case AUTO -> ConsoleFormat.AUTO;
            case JSON -> ConsoleFormat.JSON;
            case HUMAN -> ConsoleFormat.HUMAN;
        };
    }
}
