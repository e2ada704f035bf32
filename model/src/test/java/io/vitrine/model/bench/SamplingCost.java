package io.vitrine.model.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

import io.vitrine.model.sampling.Sampler;
import io.vitrine.model.sampling.SamplerScratch;
import io.vitrine.model.sampling.SamplingParams;

/**
 * What drawing a token costs by parameters and vocabulary, without a model: microseconds of processor time a row, the median over the rounds. Rows are
 * as a language model's: normally distributed, with a few tokens far above the others.
 *
 * <pre>SamplingCost [VOCABULARY,VOCABULARY…] [ROUNDS]</pre>
 */
public final class SamplingCost {

    private static final int ROWS = 32;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private SamplingCost() {}

    public static void main(String[] args) {
        int[] vocabularies = Arrays.stream((args.length > 0 ? args[0] : "49152,152064").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        for (int vocabulary : vocabularies) {
            FloatBuffer logits = rows(vocabulary);
            var scratch = new SamplerScratch(vocabulary);
            Map<String, double[]> micros = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                int measured = round;
                kinds().forEach((name, params) -> micros.computeIfAbsent(name, n -> new double[rounds])[measured] =
                        micros(params, logits, vocabulary, scratch, name.contains("logprobs")));
            }
            micros.forEach((name, values) -> {
                // The first half warms up.
                double[] sorted =
                        Arrays.stream(values, rounds / 2, rounds).sorted().toArray();
                System.out.printf(Locale.ROOT, "%d, %s: %.0f us%n", vocabulary, name, sorted[sorted.length / 2]);
            });
        }
    }

    private static Map<String, SamplingParams> kinds() {
        Map<String, SamplingParams> kinds = new LinkedHashMap<>();
        kinds.put("greedy", SamplingParams.GREEDY);
        kinds.put("temperature 1", params(1, 0, 1, 0, 0));
        kinds.put("temperature 1, logprobs 5", params(1, 0, 1, 0, 0));
        kinds.put("top_p 0.95", params(1, 0, 0.95, 0, 0));
        kinds.put("temperature 0.7, top_p 0.9", params(0.7, 0, 0.9, 0, 0));
        kinds.put("temperature 1.5, top_p 0.99", params(1.5, 0, 0.99, 0, 0));
        kinds.put("min_p 0.05", params(1, 0, 1, 0.05, 0));
        kinds.put("top_p 0.95, min_p 0.01, presence 0.5", params(1, 0, 0.95, 0.01, 0.5));
        kinds.put("top_k 40, top_p 0.95", params(0.8, 40, 0.95, 0, 0));
        kinds.put("top_k 2000, top_p 0.95", params(1, 2000, 0.95, 0, 0));
        return kinds;
    }

    private static SamplingParams params(double temperature, int topK, double topP, double minP, double presence) {
        return new SamplingParams(temperature, topK, topP, minP, 1, presence, 0, Map.of(), 1);
    }

    private static double micros(
            SamplingParams params, FloatBuffer logits, int vocabulary, SamplerScratch scratch, boolean logprobs) {
        Sampler[] samplers = new Sampler[ROWS];
        Arrays.setAll(samplers, row -> new Sampler(params, new int[0]));
        long start = THREADS.getCurrentThreadCpuTime(); // other processes' time does not count
        for (int row = 0; row < ROWS; row++) {
            scratch.load(logits, row * vocabulary);
            samplers[row].sample(scratch);
            if (logprobs) {
                scratch.logProbabilities(5);
            }
        }
        return (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / ROWS;
    }

    private static FloatBuffer rows(int vocabulary) {
        var random = new java.util.Random(1);
        FloatBuffer logits = ByteBuffer.allocateDirect(ROWS * vocabulary * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        var places = new SplittableRandom(2);
        for (int i = 0; i < ROWS * vocabulary; i++) {
            logits.put(i, (float) (2 * random.nextGaussian()));
        }
        for (int row = 0; row < ROWS; row++) {
            for (int peak = 0; peak < 30; peak++) {
                logits.put(row * vocabulary + places.nextInt(vocabulary), (float) (9 + 4 * places.nextDouble()));
            }
        }
        return logits;
    }
}
