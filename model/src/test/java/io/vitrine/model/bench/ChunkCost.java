package io.vitrine.model.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;

/**
 * What a chunk of a prompt adds to a step in which sequences decode: medians of the step with and without it, in turn. Prints a
 * Markdown table. {@code loadtest/README.md} has the command line.
 *
 * <pre>ChunkCost MODEL float32|bf16|int8 SEQUENCES POSITION TOKENS[,TOKENS…] [ROUNDS]</pre>
 *
 * <p>{@code POSITION}, at least 1, is where the chunk begins in its prompt. The sequences that decode look back on {@value #CONTEXT} positions.
 */
public final class ChunkCost {

    private static final int CONTEXT = 128;
    private static final int WARM_UP_ROUNDS = 10;
    private static final int DEFAULT_ROUNDS = 60;

    private final TorchRunner runner;
    private final int[] promptPages;
    private final List<Span> decoding;

    private ChunkCost(TorchRunner runner, int sequences, int promptPages) {
        this.runner = runner;
        this.promptPages = IntStream.range(0, promptPages).toArray();
        int each = CONTEXT / TorchSettings.PAGE_POSITIONS + 1;
        this.decoding = IntStream.range(0, sequences)
                .mapToObj(sequence -> Span.decode(
                        new int[] {sequence},
                        CONTEXT,
                        IntStream.range(0, each)
                                .map(page -> promptPages + sequence * each + page)
                                .toArray()))
                .toList();
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 5 || args.length > 6) {
            throw new IllegalArgumentException(
                    "needs MODEL float32|bf16|int8 SEQUENCES POSITION TOKENS[,TOKENS...] [ROUNDS]");
        }
        Precision precision = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
        int sequences = Integer.parseInt(args[2]);
        int position = Integer.parseInt(args[3]);
        int[] sizes =
                Arrays.stream(args[4].split(",")).mapToInt(Integer::parseInt).toArray();
        int rounds = args.length == 6 ? Integer.parseInt(args[5]) : DEFAULT_ROUNDS;
        int length = position + Arrays.stream(sizes).max().orElseThrow();
        int promptPages = length / TorchSettings.PAGE_POSITIONS + 1;
        int pages = promptPages + sequences * (CONTEXT / TorchSettings.PAGE_POSITIONS + 1);
        try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]))) {
            int threads = Runtime.getRuntime().availableProcessors();
            var settings = new TorchSettings(precision, threads, Math.max(length, CONTEXT + 1), pages);
            try (TorchRunner runner = TorchRunner.load(checkpoint.config(), checkpoint, settings)) {
                var cost = new ChunkCost(runner, sequences, promptPages);
                System.out.printf(
                        "| tokens at %d, %s, beside %d | step without, ms | with | ratio | ms a token | attention added, ms |%n",
                        position, precision.word(), sequences);
                System.out.println("| --- ".repeat(6) + "|");
                cost.fill(position);
                for (int size : sizes) {
                    cost.measure(position, size, rounds);
                }
            }
        }
    }

    private void fill(int positions) {
        runner.run(new StepPlan(List.of(Span.prefill(new int[positions], 0, promptPages, Logits.NONE))), false);
    }

    private void measure(int position, int size, int rounds) {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        List<Double> attention = new ArrayList<>();
        List<Span> both = new ArrayList<>(decoding);
        both.add(Span.prefill(new int[size], position, promptPages, Logits.NONE));
        for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
            Step plain = step(decoding);
            // Ends where the chunk begins, as the last step's does that computes a prompt.
            step(List.of(Span.prefill(new int[1], position - 1, promptPages, Logits.NONE)));
            Step mixed = step(both);
            if (round >= WARM_UP_ROUNDS) {
                without.add(plain.millis);
                with.add(mixed.millis);
                attention.add(mixed.attentionMillis - plain.attentionMillis);
            }
        }
        double added = median(with) - median(without);
        System.out.printf(
                Locale.ROOT,
                "| %d | %.1f | %.1f | %.2f | %.2f | %.1f |%n",
                size,
                median(without),
                median(with),
                median(with) / median(without),
                added / size,
                median(attention));
    }

    private record Step(double millis, double attentionMillis) {}

    private Step step(List<Span> spans) {
        long start = System.nanoTime();
        StepTimings timings = runner.run(new StepPlan(spans), true).timings().orElseThrow();
        return new Step((System.nanoTime() - start) / 1e6, timings.attentionNanos() / 1e6);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
