package io.vitrine.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.model.torch.Precision;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Which precision {@code auto} takes for a tiny model, on a processor whose fastest one is int8. */
class CheckpointLoaderTest {

    private static final String MEASURING = "Measuring what int8 costs of the quality of ";

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void copyTheModel() throws IOException {
        assumeThat(Precision.fastestFor(CpuFeatures.ofThisMachine()))
                .as("the fastest precision of this processor")
                .isEqualTo(Precision.INT8);
        model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(Path.of("../model/src/test/resources/tiny/llama-gqa"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void autoMeasuresAModelOnce() throws IOException, InterruptedException {
        assertThat(load("auto")).contains(MEASURING, "perplexity against bf16 on the calibration text, bound 1.5 %");
        assertThat(load("auto")).doesNotContain(MEASURING).contains("perplexity against bf16");
    }

    @Test
    void autoTakesInt8UpToTheBoundOnly() throws IOException, InterruptedException {
        load("auto");
        keep(0.0149);
        assertThat(load("auto"))
                .contains("precision int8 (the fastest on this processor: AVX512-VNNI; int8 +1.49 % perplexity");
        keep(0.0151);
        assertThat(load("auto")).contains("precision bf16 (int8 +1.51 % perplexity");
    }

    @Test
    void aPrecisionThatIsAskedForIsNotMeasured() throws IOException, InterruptedException {
        assertThat(load("int8")).doesNotContain(MEASURING).contains("precision int8,");
        assertThat(model.resolve("int8-quality")).doesNotExist();
    }

    /** As if that had been measured of these files. */
    private void keep(double increase) throws IOException {
        Path file = model.resolve("int8-quality");
        String key = Files.readString(file).split(" ", -1)[0];
        Files.writeString(file, key + " " + increase);
    }

    private String load(String precision) throws IOException, InterruptedException {
        ServerConfig config = new ConfigReader(Map.of())
                .read(
                        Optional.empty(),
                        Stream.of(
                                        "model=" + model,
                                        "data=" + folder.resolve("data"),
                                        "engine.precision=" + precision,
                                        "engine.threads=1",
                                        "engine.kv-memory=1MiB")
                                .map(ConfigReader::parseSet)
                                .toList())
                .config();
        var out = new ByteArrayOutputStream();
        var printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        var loader =
                new CheckpointLoader(DownloadProgress.on(printed, false, System::nanoTime), printed, System::nanoTime);
        loader.load(config).close();
        return out.toString(StandardCharsets.UTF_8);
    }
}
