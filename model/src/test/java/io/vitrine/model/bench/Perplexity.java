package io.vitrine.model.bench;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;

/**
 * Perplexity of a text, computed as llama.cpp's {@code llama-perplexity -c 512} does it, so that the two may be compared.
 * {@code loadtest/peers/perplexity.sh} runs both on the same file.
 *
 * <p>The text is cut into chunks of 512 tokens, each a sequence of its own, and what does not fill one is left out. If the model
 * expects a BOS, it takes the place of a chunk's first token. Scored are the last 255 tokens of a chunk, each by what the
 * model gives for the token before it; the result is {@code exp} of their mean negative log-likelihood, with its standard error.
 *
 * <pre>Perplexity MODEL TEXT-FILE float32|bf16|int8 [prefill|decode]</pre>
 *
 * <p>Prompts and answers go different ways through the model: {@code prefill} takes the first way, {@code decode} the
 * second, one token a step for all chunks at once.
 */
public final class Perplexity {

    private static final int CHUNK = 512;

    /** The first position of a chunk whose logits are scored, against the token after it. */
    private static final int FIRST_SCORED = CHUNK / 2;

    private static final int PAGES = CHUNK / TorchSettings.PAGE_POSITIONS;

    private final ModelRunner runner;
    private final List<int[]> chunks;
    private final float[] row;

    private double sum;
    private double sumOfSquares;
    private int count;

    private Perplexity(ModelRunner runner, List<int[]> chunks) {
        this.runner = runner;
        this.chunks = chunks;
        this.row = new float[runner.vocabularySize()];
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 3 || args.length > 4) {
            throw new IllegalArgumentException("needs MODEL TEXT-FILE float32|bf16|int8 [prefill|decode]");
        }
        Precision precision = Precision.valueOf(args[2].toUpperCase(Locale.ROOT));
        Phase phase = args.length == 3 ? Phase.PREFILL : Phase.valueOf(args[3].toUpperCase(Locale.ROOT));
        Path path = Path.of(args[0]);
        try (Checkpoint checkpoint = Checkpoint.open(path);
                ModelText text = ModelText.open(path, checkpoint)) {
            List<int[]> chunks = chunks(text.tokenizer(), Files.readString(Path.of(args[1])));
            int threads = Runtime.getRuntime().availableProcessors();
            var settings = new TorchSettings(precision, threads, CHUNK, PAGES * chunks.size());
            try (TorchRunner runner = TorchRunner.load(checkpoint.config(), checkpoint, settings)) {
                var perplexity = new Perplexity(runner, chunks);
                perplexity.run(phase);
                System.out.println(perplexity.result() + ", " + precision.word() + ", "
                        + phase.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static List<int[]> chunks(Tokenizer tokenizer, String text) {
        int[] tokens = tokenizer.encode(text, true);
        int[] bos = tokenizer.encode("", true);
        if (tokens.length < 2 * CHUNK) {
            throw new IllegalArgumentException("the text must have >= " + 2 * CHUNK + " tokens: " + tokens.length);
        }
        List<int[]> chunks = new ArrayList<>();
        for (int start = 0; start + CHUNK <= tokens.length; start += CHUNK) {
            int[] chunk = Arrays.copyOfRange(tokens, start, start + CHUNK);
            System.arraycopy(bos, 0, chunk, 0, bos.length);
            chunks.add(chunk);
        }
        return chunks;
    }

    private void run(Phase phase) {
        switch (phase) {
            case PREFILL -> IntStream.range(0, chunks.size()).forEach(this::prefill);
            case DECODE -> IntStream.range(0, CHUNK - 1).forEach(this::decode);
        }
    }

    private void prefill(int index) {
        int[] tokens = chunks.get(index);
        int[] unscored = Arrays.copyOf(tokens, FIRST_SCORED);
        int[] scored = Arrays.copyOfRange(tokens, FIRST_SCORED, CHUNK - 1);
        run(List.of(Span.prefill(unscored, 0, pages(index), Logits.NONE)));
        FloatBuffer logits = run(List.of(Span.prefill(scored, FIRST_SCORED, pages(index), Logits.ALL)));
        for (int position = FIRST_SCORED; position < CHUNK - 1; position++) {
            score(logits, tokens[position + 1]);
        }
    }

    private void decode(int position) {
        FloatBuffer logits = run(IntStream.range(0, chunks.size())
                .mapToObj(index -> Span.decode(new int[] {chunks.get(index)[position]}, position, pages(index)))
                .toList());
        if (position >= FIRST_SCORED) {
            chunks.forEach(chunk -> score(logits, chunk[position + 1]));
        }
    }

    private FloatBuffer run(List<Span> spans) {
        return runner.run(new StepPlan(spans), false).logits();
    }

    private static int[] pages(int chunk) {
        return IntStream.range(chunk * PAGES, (chunk + 1) * PAGES).toArray();
    }

    /** Takes the next row of the logits. */
    private void score(FloatBuffer logits, int token) {
        logits.get(row);
        double nats = logSumExp(row) - row[token];
        sum += nats;
        sumOfSquares += nats * nats;
        count++;
    }

    private static double logSumExp(float[] values) {
        float largest = values[0];
        for (float value : values) {
            largest = Math.max(largest, value);
        }
        double exponentials = 0;
        for (float value : values) {
            exponentials += Math.exp(value - largest);
        }
        return largest + Math.log(exponentials);
    }

    private String result() {
        double mean = sum / count;
        double error = Math.sqrt((sumOfSquares / count - mean * mean) / (count - 1));
        double perplexity = Math.exp(mean);
        return String.format(
                Locale.ROOT,
                "PPL = %.4f +/- %.5f, %d tokens scored in %d chunks",
                perplexity,
                error * perplexity,
                count,
                chunks.size());
    }
}
