package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RawDataTest {

    private static final List<String> REPORTS = List.of("report.txt", "report.json", "report.html", "effects.svg");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int overhead(String... arguments) {
        return new CommandLine(new OverheadCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 2;
                })
                .execute(arguments);
    }

    private RawData write(RawData data) throws IOException {
        RawData.begin(folder, data.setup());
        for (Block block : data.blocks()) {
            RawData.append(folder, block);
        }
        return data;
    }

    private Map<String, String> reports() throws IOException {
        Map<String, String> reports = new TreeMap<>();
        for (String name : REPORTS) {
            reports.put(name, Files.readString(folder.resolve(name)));
        }
        return reports;
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        RawData data = write(new SyntheticBlocks(2, 2, Arm.quick(), arm -> 0.0, 0.01).data(1));

        assertThat(RawData.read(folder)).isEqualTo(data);
    }

    @Test
    void analysesAgainByteForByte() throws IOException {
        write(new SyntheticBlocks(4, 2, Arm.full(), arm -> arm.parts().size() / 1_000.0, 0.004).data(2));
        assertThat(overhead("--analyse", folder.toString())).as(err.toString()).isZero();
        Map<String, String> first = reports();
        String shown = out.toString();
        for (String name : REPORTS) {
            Files.delete(folder.resolve(name));
        }
        assertThat(overhead("--analyse", folder.toString())).isZero();

        assertThat(reports()).isEqualTo(first);
        assertThat(first.get("report.txt")).isEqualTo(shown).contains("none_again", "all_dead_exporter");
        assertThat(first.get("report.html"))
                .contains("<svg", "class=\"margin\"", "width=device-width", "prefers-color-scheme")
                .doesNotContain("http://", "https://");
        assertThat(first.get("effects.svg")).startsWith("<svg xmlns=").contains("prefers-color-scheme");
    }

    @Test
    void refusesAFolderThatHasNoExperimentOrAnother() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RawData.read(folder))
                .withMessageContaining("has no experiment");
        RawData data = new SyntheticBlocks(1, 1, Arm.quick(), arm -> 0.0, 0).data(3);
        write(data);
        Files.writeString(folder.resolve("blocks.jsonl"), "{broken\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RawData.read(folder))
                .withMessageContaining("has data that cannot be read");
        assertThat(overhead("--folder", folder.toString(), "--server", "false")).isEqualTo(2);
        assertThat(err.toString()).contains("has an experiment already");
    }

    @Test
    void refusesOptionsThatMeanNothing() {
        assertThat(overhead("--server", "x", "--margin", "0", "--folder", folder.toString()))
                .isEqualTo(2);
        assertThat(overhead("--server", "x", "--output-tokens", "1", "--folder", folder.toString()))
                .isEqualTo(2);
        assertThat(overhead("--server", "x", "--block", "1ms", "--folder", folder.toString()))
                .isEqualTo(2);
        assertThat(overhead("--folder", folder.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("--margin must be between 0 and 100 percent: 0.0")
                .contains("--output-tokens must be from 2 to 1000000: 1")
                .contains("--block must be >= 100ms: 1ms")
                .contains("--server must say how the server is started");
        assertThat(folder.resolve("experiment.json")).doesNotExist();
    }
}
