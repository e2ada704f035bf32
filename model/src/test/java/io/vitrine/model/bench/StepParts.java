package io.vitrine.model.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;

import com.sun.management.ThreadMXBean;
import io.vitrine.model.engine.Engine;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.EngineSettings;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GeneratedToken;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.GenerationUsage;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.engine.Submission;
import io.vitrine.model.engine.TokenSink;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.model.torch.Precision;
import io.vitrine.model.torch.TorchRunner;
import io.vitrine.model.torch.TorchSettings;
import io.vitrine.model.weights.Checkpoint;

/**
 * Where the time of a decode step goes: the engine on a real model, so many sequences that never end, medians over the
 * steps in which all of them decode, and what Java allocates for a token of theirs. Prints a Markdown table. {@code
 * loadtest/README.md} has the command line.
 *
 * <pre>StepParts MODEL float32|bf16|int8 greedy|sampled|default|top-p CONTEXT[-CONTEXT] SEQUENCES[,SEQUENCES…] [STEPS]</pre>
 *
 * <p>{@code CONTEXT} is the length of every sequence when the measuring begins; it grows by one a step. Two are those
 * of the shortest and the longest, with the others evenly between. {@code sampled} is temperature 0.8, top_k 40, top_p
 * 0.95; {@code default} temperature 1, as OpenAI's API has it; {@code top-p} the same with top_p 0.95.
 *
 * <p>The clock inside the model is read on every other step, and costs a step of one sequence nearly 1 %: the step as a
 * whole, sampling and Java are taken from the steps between. Of the model call, what lies outside its parts is JNI and
 * what goes in and out.
 */
public final class StepParts {

    private static final int WARM_UP_STEPS = 40;
    private static final int DEFAULT_STEPS = 200;
    private static final String SAMPLING = "greedy|sampled|default|top-p";

    private final ModelRunner runner;
    private final SamplingParams sampling;
    private final int shortest;
    private final int longest;
    private final int steps;

    private StepParts(ModelRunner runner, SamplingParams sampling, int shortest, int longest, int steps) {
        this.runner = runner;
        this.sampling = sampling;
        this.shortest = shortest;
        this.longest = longest;
        this.steps = steps;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 5 || args.length > 6) {
            throw new IllegalArgumentException("needs MODEL float32|bf16|int8 " + SAMPLING
                    + " CONTEXT[-CONTEXT] SEQUENCES[,SEQUENCES...] [STEPS]");
        }
        Precision precision = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
        int[] contexts =
                Arrays.stream(args[3].split("-")).mapToInt(Integer::parseInt).toArray();
        int longest = contexts[contexts.length - 1];
        int[] sequences =
                Arrays.stream(args[4].split(",")).mapToInt(Integer::parseInt).toArray();
        int steps = args.length == 6 ? Integer.parseInt(args[5]) : DEFAULT_STEPS;
        int most = Arrays.stream(sequences).max().orElseThrow();
        try (TorchRunner runner = load(Path.of(args[0]), precision, Math.max(longest, WARM_UP_STEPS) + steps, most)) {
            var parts = new StepParts(runner, sampling(args[2]), contexts[0], longest, steps);
            Map<String, Column> columns = new LinkedHashMap<>();
            for (int count : sequences) {
                columns.put(Integer.toString(count), parts.measure(count));
            }
            print(precision.word() + ", " + args[2] + ", ms", columns);
        }
    }

    private static SamplingParams sampling(String word) {
        return switch (word) {
            case "greedy" -> SamplingParams.GREEDY;
            case "sampled" -> new SamplingParams(0.8, 40, 0.95, 0, 1, 0, 0, Map.of(), 1);
            case "default" -> new SamplingParams(1, 0, 1, 0, 1, 0, 0, Map.of(), 1);
            case "top-p" -> new SamplingParams(1, 0, 0.95, 0, 1, 0, 0, Map.of(), 1);
            default -> throw new IllegalArgumentException("sampling must be one of " + SAMPLING + ": " + word);
        };
    }

    private static TorchRunner load(Path path, Precision precision, int length, int sequences) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            int threads = Runtime.getRuntime().availableProcessors();
            // A step or two pass before the sequences hear that it is enough.
            int longest = length + 4;
            int pages = sequences * (longest / TorchSettings.PAGE_POSITIONS + 1);
            return TorchRunner.load(
                    checkpoint.config(), checkpoint, new TorchSettings(precision, threads, longest, pages));
        }
    }

    /**
     * What was measured of so many sequences.
     *
     * @param millis of each part of a step
     * @param bytesAToken what the engine's thread allocates, the runner's part included
     */
    private record Column(Map<String, Double> millis, long bytesAToken) {}

    private Column measure(int sequences) throws InterruptedException {
        var recorder = new Recorder(sequences, steps);
        var settings = new EngineSettings(sequences, sequences, Math.multiplyExact(sequences, longest), 0, 0, 2);
        try (var engine = new Engine(runner, settings, recorder, System::nanoTime)) {
            submit(engine, request(0, 1), new Starter(engine, requests(sequences), recorder));
            recorder.awaitEnd();
        }
        return new Column(recorder.millis(), recorder.bytesAToken());
    }

    private List<GenerationRequest> requests(int sequences) {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int index = 1; index <= sequences; index++) {
            // The first of the measured steps sees what the warm-up has added.
            int context = shortest + (longest - shortest) * (index - 1) / Math.max(1, sequences - 1);
            requests.add(request(index, Math.max(1, context - WARM_UP_STEPS)));
        }
        return requests;
    }

    private GenerationRequest request(int index, int promptLength) {
        int[] prompt = new SplittableRandom(index)
                .ints(promptLength, 0, runner.vocabularySize())
                .toArray();
        return new GenerationRequest(
                "sequence-" + index,
                prompt,
                Integer.MAX_VALUE,
                Set.of(),
                sampling,
                GenerationRequest.NO_LOGPROBS,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                "");
    }

    private static void submit(Engine engine, GenerationRequest request, TokenSink sink) {
        if (engine.submit(request, sink, GenerationListener.NONE) instanceof Submission.Refused refused) {
            throw new IllegalStateException(request.requestId() + " was refused: " + refused.reason());
        }
    }

    /** Submits the others from the engine's own thread, so that they all begin in the same step, and is done. */
    private record Starter(Engine engine, List<GenerationRequest> requests, Recorder recorder) implements TokenSink {

        @Override
        public boolean token(GeneratedToken token) {
            requests.forEach(request -> submit(engine, request, recorder));
            return false;
        }

        @Override
        public void ended(FinishReason reason, GenerationUsage usage) {
            if (reason != FinishReason.STOP) {
                recorder.ended(reason, usage);
            }
        }
    }

    /** Keeps the reports of the steps in which every sequence decodes, and ends the sequences when it has enough. */
    private static final class Recorder implements EngineListener, TokenSink {

        private final int sequences;
        private final int steps;
        private final List<StepReport> reports;
        private final CountDownLatch end = new CountDownLatch(1);
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private int stepsToSkip = WARM_UP_STEPS;
        private long bytesBefore;
        private long bytes;
        private volatile FinishReason reason = FinishReason.STOP;

        Recorder(int sequences, int steps) {
            this.sequences = sequences;
            this.steps = steps;
            this.reports = new ArrayList<>(steps);
        }

        @Override
        public void stepEnded(StepReport report) {
            if (report.prefillTokens() > 0 || report.decodingCount() < sequences) {
                return;
            }
            if (stepsToSkip > 0) {
                stepsToSkip--;
                bytesBefore = threads.getCurrentThreadAllocatedBytes();
            } else if (reports.size() < steps) {
                reports.add(report);
                bytes = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
            }
        }

        @Override
        public boolean token(GeneratedToken token) {
            return reports.size() < steps;
        }

        @Override
        public void ended(FinishReason how, GenerationUsage usage) {
            if (reason == FinishReason.STOP) {
                reason = how;
            }
            end.countDown();
        }

        void awaitEnd() throws InterruptedException {
            end.await();
            if (reason != FinishReason.STOP) {
                throw new IllegalStateException("a sequence ended " + reason + " after " + reports.size() + " steps");
            }
        }

        /** Medians, a part each. */
        Map<String, Double> millis() {
            Map<String, Double> parts = new LinkedHashMap<>();
            parts.put("step", plain(report -> stepNanos(report)));
            parts.put("projection", timed(report -> timings(report).projectionNanos()));
            parts.put("attention", timed(report -> timings(report).attentionNanos()));
            parts.put("feed-forward", timed(report -> timings(report).feedForwardNanos()));
            parts.put("head", timed(report -> timings(report).headNanos()));
            parts.put(
                    "embedding, angles, masks", timed(report -> timings(report).onceNanos()));
            parts.put("the call: JNI, tensors in and out", timed(report -> report.modelNanos() - insideNanos(report)));
            parts.put("sampling", plain(StepReport::samplingNanos));
            parts.put(
                    "scheduler and the rest in Java",
                    plain(report -> stepNanos(report) - report.modelNanos() - report.samplingNanos()));
            return parts;
        }

        long bytesAToken() {
            return bytes / ((long) reports.size() * sequences);
        }

        private double timed(ToLongFunction<StepReport> nanos) {
            return median(true, nanos);
        }

        private double plain(ToLongFunction<StepReport> nanos) {
            return median(false, nanos);
        }

        private double median(boolean timed, ToLongFunction<StepReport> nanos) {
            long[] sorted = reports.stream()
                    .filter(report -> report.timings().isPresent() == timed)
                    .mapToLong(nanos)
                    .sorted()
                    .toArray();
            return sorted[sorted.length / 2] / 1e6;
        }

        private static long stepNanos(StepReport report) {
            return report.endNanos() - report.startNanos();
        }

        private static long insideNanos(StepReport report) {
            StepTimings timings = timings(report);
            return timings.projectionNanos()
                    + timings.attentionNanos()
                    + timings.feedForwardNanos()
                    + timings.headNanos()
                    + timings.onceNanos();
        }

        private static StepTimings timings(StepReport report) {
            return report.timings().orElseThrow();
        }
    }

    private static void print(String title, Map<String, Column> columns) {
        System.out.println("| " + title + " | " + String.join(" | ", columns.keySet()) + " |");
        System.out.println("| --- ".repeat(columns.size() + 1) + "|");
        for (String part : columns.values().iterator().next().millis().keySet()) {
            StringBuilder line = new StringBuilder("| " + part + " |");
            for (Column column : columns.values()) {
                double millis = column.millis().get(part);
                double step = column.millis().get("step");
                line.append(String.format(Locale.ROOT, " %.2f (%.1f %%) |", millis, 100 * millis / step));
            }
            System.out.println(line);
        }
        StringBuilder line = new StringBuilder("| Java's allocation, bytes a token |");
        columns.values()
                .forEach(column -> line.append(' ').append(column.bytesAToken()).append(" |"));
        System.out.println(line);
    }
}
