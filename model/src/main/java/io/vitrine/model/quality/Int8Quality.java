package io.vitrine.model.quality;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;

/**
 * What int8 costs of one model's quality: how much higher the perplexity of a short built-in text is than in bf16,
 * which stays within 0.5 % of float32 and needs half its memory.
 *
 * @param increase relative; NaN if a precision gave no finite perplexity
 */
public record Int8Quality(double increase) {

    /** The largest increase that {@code auto} accepts. */
    public static final double BOUND = 0.015;

    /** Raised when int8 layers or this measurement change: results of before are measured again. */
    private static final int METHOD = 1;

    private static final int TOKENS = 512;
    private static final String TEXT = "calibration.txt";

    /** Whether int8 keeps within the bound. */
    public boolean isWithinBound() {
        return increase <= BOUND;
    }

    /** For a log line. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "int8 %+.2f %% perplexity against bf16 on the calibration text, bound %.1f %%",
                100 * increase,
                100 * BOUND);
    }

    /**
     * What {@link #measure} kept beside these files, if they and the method are still the same.
     *
     * @param model a {@code .gguf} file or a Hugging Face folder
     */
    public static Optional<Int8Quality> kept(Path model) throws IOException {
        Path file = fileBeside(model);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String[] words = Files.readString(file).strip().split(" ", -1);
        try {
            return words.length == 2 && words[0].equals(key(model))
                    ? Optional.of(new Int8Quality(Double.parseDouble(words[1])))
                    : Optional.empty();
        } catch (NumberFormatException e) { // written by something else
            return Optional.empty();
        }
    }

    /**
     * Loads the model in bf16, then in int8, one after the other, and keeps the result beside it where that can be
     * written.
     *
     * @param model where the checkpoint was opened
     */
    public static Int8Quality measure(Path model, Checkpoint checkpoint, int threads) throws IOException {
        int[] tokens;
        try (ModelText text = ModelText.open(model, checkpoint)) {
            int[] all = text.tokenizer().encode(calibrationText(), true);
            tokens = Arrays.copyOf(
                    all,
                    Math.min(all.length, Math.min(TOKENS, checkpoint.config().contextLength())));
        }
        double reference = perplexity(checkpoint, tokens, Precision.BF16, threads);
        double int8 = perplexity(checkpoint, tokens, Precision.INT8, threads);
        var quality = new Int8Quality(int8 / reference - 1);
        quality.keep(model);
        return quality;
    }

    private static double perplexity(Checkpoint checkpoint, int[] tokens, Precision precision, int threads) {
        int pages = tokens.length / TorchSettings.PAGE_POSITIONS + 1;
        var settings = new TorchSettings(precision, threads, tokens.length, pages);
        try (TorchRunner runner = TorchRunner.load(checkpoint.config(), checkpoint, settings)) {
            return Perplexity.of(runner, tokens, Phase.PREFILL);
        }
    }

    private static String calibrationText() throws IOException {
        try (InputStream text = Int8Quality.class.getResourceAsStream(TEXT)) {
            return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void keep(Path model) throws IOException {
        Path file = fileBeside(model);
        if (!Files.isWritable(folderOf(file))) {
            return;
        }
        Path written = Files.createTempFile(folderOf(file), file.getFileName().toString(), ".partial");
        try {
            Files.writeString(written, key(model) + " " + increase + "\n");
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /** {@code NAME.gguf.int8-quality}, or {@code int8-quality} in the folder. */
    private static Path fileBeside(Path model) {
        return Files.isDirectory(model)
                ? model.resolve("int8-quality")
                : model.resolveSibling(model.getFileName() + ".int8-quality");
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    private static String key(Path model) throws IOException {
        return METHOD + "-" + SampledDigest.of(model);
    }
}
