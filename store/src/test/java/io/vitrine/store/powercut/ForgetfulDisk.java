package io.vitrine.store.powercut;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A disk that forgets at a power cut what was not synced: a process is started on it, killed, and what it had synced is looked at.
 *
 * <p>Needs Linux and a C compiler; without one the test is skipped, and fails where {@code CI=true}.
 */
public final class ForgetfulDisk {
    private final Path library;
    private final Path written;
    private final Path durable;

    private ForgetfulDisk(Path library, Path written, Path durable) {
        this.library = library;
        this.written = written;
        this.durable = durable;
    }

    public static ForgetfulDisk in(Path directory) throws IOException, InterruptedException {
        Path real = directory.toRealPath();
        return new ForgetfulDisk(
                compiled(real),
                Files.createDirectory(real.resolve("written")),
                Files.createDirectory(real.resolve("durable")));
    }

    private static Path compiled(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("disk.c");
        Path library = directory.resolve("disk.so");
        try (InputStream code = ForgetfulDisk.class.getResourceAsStream("disk.c")) {
            Files.copy(code, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Process compiler;
        try {
            compiler = new ProcessBuilder(
                            "gcc",
                            "-shared",
                            "-fPIC",
                            "-O1",
                            "-o",
                            library.toString(),
                            source.toString(),
                            "-ldl",
                            "-lpthread")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return withoutCompiler(e);
        }
        String messages = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        assertThat(compiler.waitFor()).as(messages).isZero();
        return library;
    }

    private static Path withoutCompiler(IOException e) {
        if ("true".equals(System.getenv("CI"))) {
            return fail("the test of what a power cut leaves needs gcc", e);
        }
        return abort("no gcc, so nothing is known about power cuts: " + e.getMessage());
    }

    /** Where the process writes. */
    public Path written() {
        return written;
    }

    /** What it finds after the power cut. */
    public Path durable() {
        return durable;
    }

    /** Runs a program on the disk until it has printed so many lines, cuts the power, and gives back all that it printed. */
    public List<String> cutAfter(int lines, Class<?> program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        Stream.concat(Stream.of(written.toString()), Stream.of(arguments)).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LD_PRELOAD", library.toString());
        builder.environment().put("DISK_VOLATILE", written.toString());
        builder.environment().put("DISK_DURABLE", durable.toString());
        Process process = builder.start();
        List<String> printed = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null && !line.isEmpty(); line = output.readLine()) {
                printed.add(line);
                if (printed.size() == lines) {
                    // Not the process itself: that would close its output as well, with what it still has to say.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(printed).hasSizeGreaterThanOrEqualTo(lines);
        return printed;
    }
}
