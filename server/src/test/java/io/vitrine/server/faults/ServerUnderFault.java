package io.vitrine.server.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.server.FaultyServer;

/** {@link FaultyServer} as a child process: commands by its standard input, readings from its management port. */
final class ServerUnderFault implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final List<String> log = new ArrayList<>();
    private final Path data;
    private final Process process;
    private final Writer commands;
    private final int pace;
    private long startMillis;
    private long alertStartMillis;
    private final int port = freePort();
    private final int managementPort = freePort();

    /** Starts it; it cannot answer before {@link #awaitReady}. */
    ServerUnderFault(Path data, int pace, List<String> settings, List<String> jvm, Map<String, String> environment)
            throws IOException {
        this.data = data;
        this.pace = pace;
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx256m", "-XX:+UseSerialGC"));
        command.addAll(jvm);
        command.addAll(List.of(
                "-cp",
                absolute(System.getProperty("java.class.path")),
                FaultyServer.class.getName(),
                Integer.toString(pace),
                "data=" + data,
                "server.port=" + port,
                "server.management-port=" + managementPort,
                "server.shutdown-grace=0s",
                "telemetry.logs.console=json"));
        command.addAll(settings);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        process = builder.start();
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "output");
        reader.setDaemon(true);
        reader.start();
    }

    private static String absolute(String classPath) {
        StringBuilder result = new StringBuilder();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            result.append(Path.of(entry).toAbsolutePath()).append(File.pathSeparator);
        }
        return result.toString();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("no more output: " + e);
        }
    }

    /** Waits until the alerts' clock is known. */
    ServerUnderFault awaitClock() throws InterruptedException {
        String[] words = await("alert clock: ").split(" ", -1);
        startMillis = Long.parseLong(words[2]);
        alertStartMillis = Long.parseLong(words[3]);
        return this;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until operators can look at it, with a model or without. */
    void awaitManagement() throws IOException, InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                get("/api/alerts");
                return;
            } catch (ConnectException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("the server does not listen: " + tail(), e);
                }
                Thread.sleep(50);
            }
        }
    }

    /** Waits until it can answer. */
    void awaitReady() throws InterruptedException {
        await("ready: ");
    }

    private String await(String start) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            String line = output.poll(100, TimeUnit.MILLISECONDS);
            if (line != null) {
                log.add(line);
                if (line.startsWith(start)) {
                    return line;
                }
            } else if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the server does not say '" + start + "': " + String.join("\n", log));
            }
        }
    }

    /** Gives a command, and waits until it is carried out. */
    void command(String command) throws IOException, InterruptedException {
        commands.write(command + "\n");
        commands.flush();
        await("done: " + command);
    }

    /** What the alerts' clock says now, in milliseconds, unless it was stepped. */
    long alertMillis() {
        return alertStartMillis + (System.currentTimeMillis() - startMillis) * pace;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(management(path)).timeout(LIMIT).build(), BodyHandlers.ofString())
                .body());
    }

    JsonNode send(String method, String path, String body) throws IOException, InterruptedException {
        return JSON.readTree(client.send(
                        HttpRequest.newBuilder(management(path))
                                .timeout(LIMIT)
                                .header("content-type", "application/json")
                                .method(method, BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body());
    }

    private URI management(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path data() {
        return data;
    }

    int pace() {
        return pace;
    }

    /** The last lines of its output. */
    String tail() {
        output.drainTo(log);
        return String.join("\n", log.subList(Math.max(0, log.size() - 40), log.size()));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        commands.close();
    }
}
