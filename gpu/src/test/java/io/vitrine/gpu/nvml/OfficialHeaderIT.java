package io.vitrine.gpu.nvml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.vitrine.gpu.FakeDriver;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fake library against NVIDIA's own header: the compiler holds every signature to the official prototype and every struct to its
 * size. The header may not be shipped with this source; it is taken from the Python package {@code nvidia-nvml-dev}, or the test skips.
 */
class OfficialHeaderIT {

    private static final String PACKAGE = "nvidia-nvml-dev==13.5.37";

    @TempDir
    Path folder;

    @Test
    void compilesAgainstTheOfficialHeader() throws IOException, InterruptedException {
        FakeDriver.create(FakeDriver.Build.NEW);
        Optional<Path> header = header();
        Assumptions.assumeTrue(header.isPresent(), PACKAGE + " cannot be had");
        Path library = folder.resolve("strict.so");
        FakeDriver.compile(
                library,
                List.of(
                        "-DNVML_HEADER",
                        "-isystem",
                        header.orElseThrow().getParent().toString()));
        assertThat(library).isNotEmptyFile();
    }

    /** The Python of the tests; without one they skip, but not on the build server. */
    static String python() {
        String python = System.getenv("VITRINE_TEST_PYTHON");
        if (python == null) {
            assertThat(System.getenv("CI")).as("CI gives VITRINE_TEST_PYTHON").isNull();
            return Assumptions.abort("set VITRINE_TEST_PYTHON to a Python that has pip and nvidia-ml-py==13.615.71");
        }
        return python;
    }

    private Optional<Path> header() throws IOException, InterruptedException {
        Process pip = new ProcessBuilder(
                        python(), "-m", "pip", "install", "-q", "--no-deps", "--target", folder.toString(), PACKAGE)
                .inheritIO()
                .start();
        if (!pip.waitFor(2, TimeUnit.MINUTES)) {
            pip.destroyForcibly();
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("nvml.h")).findFirst();
        }
    }
}
