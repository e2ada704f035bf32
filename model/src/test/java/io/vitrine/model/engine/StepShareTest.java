package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult.StepTimings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.repeat;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** What a sequence is told of the steps it takes part in. */
@Timeout(60)
class StepShareTest {

    /** Room for 5 sequences to run at once, but not for all their pages: some are preempted. */
    private static final EngineSettings CROWDED = new EngineSettings(5, 20, 8, 3, 0, 4);

    @Test
    void theSharesOfAStepAddUpToItToTheNanosecond() {
        List<StepReport> reports = new ArrayList<>();
        var shares = new ConcurrentLinkedQueue<Told>();
        runCrowded(reports, shares, false);

        assertThat(reports).hasSizeGreaterThan(20);
        assertThat(reports).anyMatch(report -> report.preemptionCount() > 0);
        for (StepReport report : reports) {
            List<Told> told = shares.stream()
                    .filter(share -> share.index == report.index())
                    .toList();
            assertThat(told.stream().mapToLong(share -> share.shareNanos).sum())
                    .as("step %d", report.index())
                    .isEqualTo(told.get(0).modelEndNanos - report.startNanos());
            assertThat(told.stream().mapToLong(share -> share.samplingNanos).sum())
                    .isEqualTo(report.samplingNanos());
            assertThat(told.stream().mapToInt(share -> share.tokens).sum())
                    .isEqualTo(report.prefillTokens() + report.decodeTokens())
                    .isEqualTo(told.get(0).stepTokens);
            assertThat(told).hasSize(told.get(0).sequenceCount);
            assertThat(told).allSatisfy(share -> assertThat(share.shareNanos).isNotNegative());
        }
    }

    @Test
    void withWhatHandingOverTookTheyAddUpToTheTimeInWhichTheEngineWasBusyButForTheLastStepsHandOver() {
        List<StepReport> reports = new ArrayList<>();
        var shares = new ConcurrentLinkedQueue<Told>();
        runCrowded(reports, shares, false);

        long busy = reports.stream()
                .mapToLong(report -> report.endNanos() - report.startNanos())
                .sum();
        StepReport last = reports.get(reports.size() - 1);
        long lastModelEnd = shares.stream()
                .filter(share -> share.index == last.index())
                .mapToLong(share -> share.modelEndNanos)
                .findFirst()
                .orElseThrow();
        assertThat(shares.stream()
                        .mapToLong(share -> share.shareNanos + share.samplingNanos + share.handOverNanos)
                        .sum())
                .isEqualTo(busy - (last.endNanos() - lastModelEnd - last.samplingNanos()));
        assertThat(shares).anyMatch(share -> share.handOverNanos > 0);
    }

    @Test
    void aSequenceSeenCloselyHasEveryOneOfItsStepsTimed() {
        List<StepReport> reports = new ArrayList<>();
        var shares = new ConcurrentLinkedQueue<Told>();
        ScriptedRunner runner = runCrowded(reports, shares, true);

        assertThat(shares).filteredOn(share -> share.closely).isNotEmpty().allMatch(share -> share.timed);
        assertThat(shares).filteredOn(share -> !share.closely).anyMatch(share -> !share.timed);
        assertThat(runner.steps()).anyMatch(step -> !step.timed());
    }

    @Test
    void withoutItOneStepInSoManyIsTimed() {
        List<StepReport> reports = new ArrayList<>();
        var shares = new ConcurrentLinkedQueue<Told>();
        runCrowded(reports, shares, false);

        assertThat(shares).allMatch(share -> share.timed == (share.index % 4 == 0));
    }

    /** 5 full pages of prompt that both hold, and each its own behind them. */
    @Test
    void bytesHeldAddUpToThePagesInUseAndSharedPagesAreDivided() {
        List<StepReport> reports = new CopyOnWriteArrayList<>();
        var shares = new ConcurrentLinkedQueue<Told>();
        ScriptedRunner runner = runner(ScriptedRunner.counting());
        EngineSettings sharing = new EngineSettings(2, 2, 64, 0, 32 * runner.pageBytes(), 1);
        var gate = runner.holdAt(0);
        try (var engine = new Engine(runner, sharing, reports::add, System::nanoTime)) {
            List<RecordingTokenSink> sinks = List.of(new RecordingTokenSink(), new RecordingTokenSink());
            sinks.forEach(sink -> engine.submit(request(30, repeat(1, 21)), sink, new Listener(shares, false)));
            gate.release();
            sinks.forEach(RecordingTokenSink::awaitEnd);
        }

        List<StepReport> both = reports.stream()
                .filter(report -> report.prefillTokens() == 0 && report.decodingCount() == 2)
                .filter(report -> report.runningCount() == 2)
                .toList();
        assertThat(both).isNotEmpty();
        for (StepReport report : both) {
            List<Told> told = shares.stream()
                    .filter(share -> share.index == report.index())
                    .toList();
            assertThat(told.stream().mapToLong(share -> share.kvBytes).sum())
                    .as("step %d", report.index())
                    .isEqualTo(report.kvPagesUsed() * runner.pageBytes());
        }
        long firstIndex = both.get(0).index();
        assertThat(shares)
                .filteredOn(share -> share.index == firstIndex)
                .as("half of 5 pages, and one or two of its own")
                .allMatch(share -> share.kvBytes < 5 * runner.pageBytes());
    }

    private static ScriptedRunner runCrowded(
            List<StepReport> reports, ConcurrentLinkedQueue<Told> shares, boolean firstClosely) {
        ScriptedRunner runner = runner(ScriptedRunner.counting());
        Random random = new Random(7);
        long[] now = {Long.MAX_VALUE - 1_000};
        NanoClock clock = () -> {
            synchronized (random) {
                return now[0] += 1 + random.nextInt(50);
            }
        };
        try (var engine = new Engine(new Timing(runner), CROWDED, reports::add, clock)) {
            List<RecordingTokenSink> sinks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                var sink = new RecordingTokenSink();
                sinks.add(sink);
                engine.submit(request(30, repeat(i, 3 + 2 * i)), sink, new Listener(shares, firstClosely && i == 0));
            }
            sinks.forEach(RecordingTokenSink::awaitEnd);
        }
        return runner;
    }

    private static final class Told {
        private long index;
        private long modelEndNanos;
        private long shareNanos;
        private long samplingNanos;
        private long kvBytes;
        private long handOverNanos;
        private int tokens;
        private int stepTokens;
        private int sequenceCount;
        private boolean timed;
        private boolean closely;
    }

    private static final class Listener implements GenerationListener {

        private final ConcurrentLinkedQueue<Told> shares;
        private final boolean closely;
        private Told latest = new Told();

        Listener(ConcurrentLinkedQueue<Told> shares, boolean closely) {
            this.shares = shares;
            this.closely = closely;
        }

        @Override
        public boolean timesEveryStep() {
            return closely;
        }

        @Override
        public void stepComputed(StepShare share) {
            latest = new Told();
            latest.index = share.stepIndex();
            latest.modelEndNanos = share.modelEndNanos();
            latest.shareNanos = share.shareNanos();
            latest.handOverNanos = share.handOverNanos();
            latest.kvBytes = share.kvBytes();
            latest.tokens = share.tokens();
            latest.stepTokens = share.stepTokens();
            latest.sequenceCount = share.sequenceCount();
            latest.timed = share.timings().isPresent();
            latest.closely = share.watchedClosely();
            assertThat(share.phase()).isIn((Object[]) Phase.values());
            shares.add(latest);
        }

        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            latest.samplingNanos += endNanos - startNanos;
        }
    }

    /** Adds timings to timed steps. */
    private record Timing(ScriptedRunner runner) implements ModelRunner {

        @Override
        public StepResult run(StepPlan plan, boolean timed) {
            StepResult result = runner.run(plan, timed);
            return new StepResult(
                    result.logits(), timed ? Optional.of(new StepTimings(1, 2, 3, 4, 5)) : Optional.empty());
        }

        @Override
        public int vocabularySize() {
            return runner.vocabularySize();
        }

        @Override
        public int layerCount() {
            return runner.layerCount();
        }

        @Override
        public int contextLength() {
            return runner.contextLength();
        }

        @Override
        public int pagePositions() {
            return runner.pagePositions();
        }

        @Override
        public int pageCount() {
            return runner.pageCount();
        }

        @Override
        public long pageBytes() {
            return runner.pageBytes();
        }

        @Override
        public void copyPage(int source, int target, int positions) {
            runner.copyPage(source, target, positions);
        }

        @Override
        public void close() {
            runner.close();
        }
    }
}
