package io.vitrine.server.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/** The programs that read what is under {@code deploy/}. {@code .ci/run} installs them; elsewhere, tests skip without. */
final class Programs {

    static final Path DEPLOY = Path.of("..", "deploy");

    private static final long LIMIT_SECONDS = 60;

    private Programs() {}

    /** A program on the PATH, or beside the tests' Python. */
    static String find(String name) {
        Stream<Path> folders = Stream.concat(
                Optional.ofNullable(System.getenv("VITRINE_TEST_PYTHON")).stream()
                        .map(python -> Path.of(python).getParent()),
                Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":", -1))
                        .map(Path::of));
        return folders.map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElseGet(() -> missing(name));
    }

    /** A program that {@code .ci/tools.sh} has made ready. */
    static String tool(String variable) {
        String path = System.getenv(variable);
        return path == null ? missing(variable) : path;
    }

    private static String missing(String what) {
        assertThat(System.getenv("CI")).as("CI installs " + what).isNull();
        return Assumptions.<String>abort(what + " is not here; .ci/run installs it");
    }

    /** What a command printed and answered. */
    record Result(int exitCode, String output) {

        Result requireSuccess() {
            assertThat(exitCode).as(output).isZero();
            return this;
        }
    }

    static Result run(String... command) throws IOException, InterruptedException {
        return run(new ProcessBuilder(List.of(command)));
    }

    static Result run(ProcessBuilder command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("vitrine-deploy", ".out");
        try {
            Process process = command.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command.command() + " does not end: " + Files.readString(output));
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
