package io.vitrine.loadtest.overhead;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A whole experiment of seconds, with a real server around the null engine. */
class OverheadIT {

    private static final String MAIN = "io.vitrine.server.Main";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** The server's classes, where this build has them. */
    private static Optional<String> serverClassPath() {
        try {
            Class.forName(MAIN, false, OverheadIT.class.getClassLoader());
            return Optional.of(System.getProperty("java.class.path"));
        } catch (ClassNotFoundException e) {
            Path libraries = Path.of("..", "server", "target", "vitrine", "lib");
            return Files.isDirectory(libraries) ? Optional.of(libraries + "/*") : Optional.empty();
        }
    }

    private int overhead(List<String> arguments) {
        return new CommandLine(new OverheadCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }

    @Test
    void measuresARealServerAndAnalysesItAgain() throws Exception {
        Optional<String> classPath = serverClassPath();
        assumeTrue(
                classPath.isPresent() || "true".equals(System.getenv("CI")),
                "needs the server: mvn -pl server -am package");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path experiment = folder.resolve("experiment");
        List<String> arguments = new ArrayList<>(List.of(
                "--quick",
                "--folder",
                experiment.toString(),
                "--server",
                java + " -Xmx256m -XX:+UseSerialGC -cp " + classPath.orElseThrow() + " " + MAIN + " serve"));
        for (String setting : List.of("engine.kind=null", "engine.null-pace=1ms")) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of("--launches", "1", "--rows", "1", "--block", "300ms", "--warm-up", "1s"));
        arguments.addAll(List.of("--seed", "7"));
        arguments.addAll(List.of("--concurrency", "2", "--input-tokens", "4", "--output-tokens", "8"));

        assertThat(overhead(arguments)).as(err.toString()).isZero();

        RawData data = RawData.read(experiment);
        assertThat(data.setup().model()).isEqualTo("null");
        assertThat(data.setup().parts()).containsExactlyInAnyOrderElementsOf(Arm.PARTS);
        for (Outcome.Load load : Outcome.Load.values()) {
            assertThat(data.blocks())
                    .filteredOn(block -> block.load() == load)
                    .extracting(Block::arm)
                    .containsExactlyInAnyOrderElementsOf(
                            Arm.quick().stream().map(Arm::name).toList());
        }
        assertThat(data.blocks()).allSatisfy(block -> {
            assertThat(block.failed()).isZero();
            assertThat(block.tokens()).isEqualTo(8L * block.completed());
            assertThat(block.cpuNanos()).isPositive();
            assertThat(block.allocatedBytes()).isPositive();
            assertThat(block.engineSteps()).isPositive();
        });
        String report = Files.readString(experiment.resolve("report.txt"));
        assertThat(report).isEqualTo(out.toString()).contains("all_dead_exporter", "This is the quick run");
        assertThat(experiment.resolve("servers/launch-1/data")).doesNotExist();
        assertThat(ProcessHandle.current().descendants()).noneMatch(ProcessHandle::isAlive);

        Files.delete(experiment.resolve("report.txt"));
        assertThat(overhead(List.of("--analyse", experiment.toString()))).isZero();
        assertThat(Files.readString(experiment.resolve("report.txt"))).isEqualTo(report);
    }
}
