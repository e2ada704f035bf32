package io.vitrine.server.smollm2;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.SmolLm2;
import org.awaitility.Awaitility;

/** The server as a user starts it, in a process of its own, with the default model. */
final class ServerProcess implements AutoCloseable {

    static final String MODEL = "smollm2-135m-instruct";

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final HttpClient client = HttpClient.newHttpClient();
    private final int port = freePort();
    private final int managementPort = freePort();
    private final Path output;
    private final Process process;

    private ServerProcess(List<String> settings) throws IOException, InterruptedException {
        SmolLm2.gguf(); // fetched before the clock runs
        output = Files.createTempFile("vitrine-server", ".out");
        process = new ProcessBuilder(command(settings))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Starts it and waits until it can answer. */
    static ServerProcess start(String... settings) throws IOException, InterruptedException {
        ServerProcess started = new ServerProcess(List.of(settings));
        Awaitility.await("the server's health")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(started::answersOrHasEnded);
        if (!started.process.isAlive()) {
            throw new IllegalStateException("the server ended: " + started.output());
        }
        return started;
    }

    private List<String> command(List<String> settings) {
        String java = ProcessHandle.current().info().command().orElse("java");
        List<String> command = new ArrayList<>(List.of(
                java,
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=1g",
                "-cp",
                "target" + File.separator + "vitrine" + File.separator + "lib" + File.separator + "*",
                "io.vitrine.server.Main",
                "serve",
                "--port=" + port,
                "--management-port=" + managementPort,
                "--data=" + SmolLm2.dataFolder()));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        return command;
    }

    private boolean answersOrHasEnded() throws InterruptedException, IOException {
        try {
            return !process.isAlive() || get("/health").statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url() + path)).build(), BodyHandlers.ofString());
    }

    /** The value of a metric without labels but the model's. */
    double metric(String name) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + managementPort + "/metrics");
        String scrape = client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
        return scrape.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + name + " in\n" + scrape));
    }

    /** Resident memory, in bytes. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Asks the server to stop and gives its exit code. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the server does not stop: " + output());
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks the server to stop, and returns at once. */
    void askToStop() {
        process.destroy();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(output);
    }
}
