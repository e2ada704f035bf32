package io.vitrine.model.quality;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Int8QualityTest {

    @TempDir
    private Path folder;

    private Path copyOf(String model) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(model));
        try (Stream<Path> files = Files.list(TinyModels.path(model))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static Int8Quality measure(Path model) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return Int8Quality.measure(model, checkpoint, 1);
        }
    }

    @Test
    void isMeasuredOnceForTheSameFiles() throws IOException {
        Path model = copyOf("llama-gqa");
        assertThat(Int8Quality.kept(model)).isEmpty();

        Int8Quality measured = measure(model);
        assertThat(measured.increase()).isBetween(-0.1, 0.1).isNotZero();
        assertThat(Int8Quality.kept(model)).contains(measured);
        try (Stream<Path> files = Files.list(model)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .contains("int8-quality")
                    .noneMatch(name -> name.endsWith(".partial"));
        }
    }

    @Test
    void perplexityEndsWhenTheThreadIsInterrupted() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(TinyModels.path("llama-gqa"));
                TorchRunner runner = TorchRunner.load(
                        checkpoint.config(), checkpoint, new TorchSettings(Precision.FLOAT32, 1, 64, 1))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Perplexity.of(runner, new int[] {1, 2, 3}, Phase.DECODE))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).as("stays interrupted").isTrue();
            assertThat(Perplexity.of(runner, new int[] {1, 2, 3}, Phase.DECODE)).isFinite();
        }
    }

    @Test
    void isMeasuredAgainWhenTheFilesChange() throws IOException {
        Path model = copyOf("llama-gqa");
        measure(model);
        Files.writeString(model.resolve("config.json"), "\n", StandardOpenOption.APPEND);

        assertThat(Int8Quality.kept(model)).isEmpty();
    }

    @Test
    void isMeasuredAgainWhenWhatWasKeptIsDamaged() throws IOException {
        Path model = copyOf("llama-gqa");
        measure(model);
        for (String damage : new String[] {"", "x", "1-0 0.001", "a b c"}) {
            Files.writeString(model.resolve("int8-quality"), damage);
            assertThat(Int8Quality.kept(model)).as(damage).isEmpty();
        }
    }

    @Test
    void acceptsUpToTheBound() {
        assertThat(new Int8Quality(-0.01).isWithinBound()).isTrue();
        assertThat(new Int8Quality(0.015).isWithinBound()).isTrue();
        assertThat(new Int8Quality(0.0151).isWithinBound()).isFalse();
        assertThat(new Int8Quality(Double.NaN).isWithinBound()).isFalse();
        assertThat(new Int8Quality(0.0162))
                .hasToString("int8 +1.62 % perplexity against bf16 on the calibration text, bound 1.5 %");
    }
}
