package io.vitrine.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A process that meets an {@link Error} while it loads its model: the classes of DJL are missing. */
@Timeout(120)
class LoadErrorTest {

    @TempDir
    private Path folder;

    @Test
    void anErrorWhileLoadingEndsTheProcessWithAMessage() throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        classPathWithoutDjl(),
                        Main.class.getName(),
                        "serve",
                        "--model",
                        "../model/src/test/resources/tiny/llama-gqa",
                        "--data",
                        folder.resolve("data").toString(),
                        "--port",
                        "0",
                        "--management-port",
                        "0"))
                .redirectOutput(folder.resolve("output").toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readString(errors)).contains("vitrine: ").contains("ai/djl");
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPathWithoutDjl() {
        return Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                .filter(entry -> !entry.contains("djl"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
