package io.vitrine.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.Tenancy;

/** A server in a process of its own, with something that hangs at the stop. Arguments: what hangs, the data folder. */
final class StoppingServer {

    private StoppingServer() {}

    enum Hanging {
        NOTHING,
        STEP,
        EXPORTER,
        LOADING
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Hanging hanging = Hanging.valueOf(arguments[0]);
        Map<String, String> environment =
                hanging == Hanging.EXPORTER ? Map.of(endpoint(), silentCollector()) : Map.of();
        ServerConfig config = config(Path.of(arguments[1]), environment);
        ScriptedRunner runner = TestModel.runner();
        ScriptedRunner.Gate gate = hanging == Hanging.STEP ? runner.holdAt(0) : null;
        Telemetry telemetry = TestTelemetry.of(config);
        Tenancy tenancy = Tenancy.open(config, telemetry.events(), System::nanoTime, Clock.systemUTC());
        ModelLoading loading = ModelLoading.begin(
                ignored -> hanging == Hanging.LOADING ? never() : TestModel.with(runner, 1), config, System::nanoTime);
        InferenceServer server =
                new InferenceServer(config, loading, telemetry, tenancy, Optional.empty(), System::nanoTime);
        GpuProbe probe = GpuProbe.start(GpuProbeSettings.DEFAULT, new SystemProbeClock(), server.gpuListener());
        SignalStop stop = SignalStop.arm(server, probe, telemetry, Optional.empty());
        server.bind();
        if (hanging != Hanging.LOADING) {
            server.serveModel();
            ask(server, hanging == Hanging.EXPORTER);
        }
        if (gate != null) {
            gate.awaitReached();
        }
        System.out.println("ready");
        stop.await();
    }

    private static String endpoint() {
        return "OTEL_EXPORTER_OTLP_ENDPOINT";
    }

    /** Takes connections, and says nothing. */
    private static String silentCollector() throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** As native code does that reads a file: not to be interrupted. */
    private static LoadedModel never() {
        while (true) {
            Thread.onSpinWait();
            try {
                Thread.sleep(1_000);
            } catch (InterruptedException e) {
                // Goes on.
            }
        }
    }

    private static ServerConfig config(Path data, Map<String, String> environment) {
        List<String> settings = new ArrayList<>(List.of(
                "data=" + data,
                "server.port=0",
                "server.management-port=0",
                "server.shutdown-grace=0s",
                "telemetry.traces.ratio=1",
                "telemetry.logs.console=json"));
        return new ConfigReader(environment)
                .read(
                        Optional.empty(),
                        settings.stream().map(ConfigReader::parseSet).toList())
                .config();
    }

    private static void ask(InferenceServer server, boolean wait) {
        String body =
                "{\"model\": \"" + TestModel.NAME + "\", \"messages\": [{\"role\": \"user\", \"content\": \"^\"}]}";
        var answer = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + server.apiPort() + "/v1/chat/completions"))
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        if (wait) {
            answer.join();
        }
    }
}
