package io.vitrine.server.tracing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A real back-end in a process of its own, on ports of this machine only. {@code .ci/tools.sh} has them ready. */
final class BackEnd implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path output;
    private final Process process;

    BackEnd(List<String> command) throws IOException {
        output = Files.createTempFile("vitrine-backend", ".out");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Where a program is; skips the test if nobody says, but where it is run for everyone. */
    static String program(String variable) {
        String path = System.getenv(variable);
        if (path == null) {
            assertThat(System.getenv("CI")).as("CI gives " + variable).isNull();
            Assumptions.abort("set " + variable + ", as .ci/tools.sh does");
        }
        return path;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until something at {@code address} answers, whatever it says. */
    void awaitAnswer(String address) {
        await().atMost(START_LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
            assertThat(process.isAlive()).as("the back-end runs: %s", output()).isTrue();
            return answers(address);
        });
    }

    /** Waits until someone takes connections at a port of this machine. */
    void awaitListening(int port) {
        await().atMost(START_LIMIT).pollInterval(Duration.ofMillis(200)).until(() -> {
            assertThat(process.isAlive()).as("the back-end runs: %s", output()).isTrue();
            return listens(port);
        });
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers(String address) {
        try {
            get(address);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** The body, or empty if the status is not 200. */
    String get(String address) {
        try {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
            return response.statusCode() == 200 ? response.body() : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it has written so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
