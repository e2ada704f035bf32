package io.vitrine.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.model.engine.StepShare;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RequestTimesTest {

    private final RequestTimes times = new RequestTimes();

    @Test
    void knowsNothingOfARefusedRequest() {
        times.watch(GenerationListener.NONE).ended(FinishReason.REFUSED, 5);

        assertThat(times.queueNanos()).isEmpty();
        assertThat(times.timeToFirstTokenNanos(0)).isEmpty();
    }

    @Test
    void knowsNoFirstTokenOfARequestCancelledBeforeIt() {
        GenerationListener choice = times.watch(GenerationListener.NONE);
        choice.queued(10);
        choice.admitted(0, 25);
        choice.ended(FinishReason.CANCELLED, 30);

        assertThat(times.queueNanos()).isEqualTo(OptionalLong.of(15));
        assertThat(times.timeToFirstTokenNanos(0)).isEmpty();
    }

    @Test
    void takesTheFirstOfEachEventOverAllChoices() {
        GenerationListener first = times.watch(GenerationListener.NONE);
        GenerationListener second = times.watch(GenerationListener.NONE);
        first.queued(100);
        second.queued(101);
        second.admitted(3, 110);
        first.admitted(4, 120);
        second.tokenGenerated(7, 150);
        first.tokenGenerated(7, 160);
        second.tokenGenerated(8, 170);

        assertThat(times.queueNanos()).isEqualTo(OptionalLong.of(10));
        assertThat(times.timeToFirstTokenNanos(90)).isEqualTo(OptionalLong.of(60));
    }

    @Test
    void addsUpItsSharesOfStepsAndTheTimeItsTokensWereDrawnInOverAllChoices() {
        GenerationListener first = times.watch(GenerationListener.NONE);
        GenerationListener second = times.watch(GenerationListener.NONE);
        first.stepComputed(share(40, 0, 100));
        first.tokenSampled(100, 103);
        second.stepComputed(share(60, 0, 100));
        second.tokenSampled(103, 108);

        assertThat(times.engineNanos()).isEqualTo(40 + 3 + 60 + 5);
    }

    @Test
    void countsBytesForAsLongAsTheyAreHeldAndNotWhilePreempted() {
        GenerationListener choice = times.watch(GenerationListener.NONE);
        choice.admitted(0, 1_000);
        choice.stepComputed(share(1, 8, 1_100));
        choice.stepComputed(share(1, 16, 1_200));
        choice.preempted(1_250);
        choice.resumed(0, 9_000);
        choice.stepComputed(share(1, 24, 9_010));
        choice.ended(FinishReason.STOP, 9_020);

        double byteNanos = 8 * 100 + 16 * 100 + 16 * 50 + 24 * 10 + 24 * 10;
        assertThat(times.kvByteSeconds()).isCloseTo(byteNanos / 1e9, within(1e-12));
    }

    private static StepShare share(long shareNanos, long kvBytes, long modelEndNanos) {
        return new StepShare() {
            @Override
            public long stepIndex() {
                return 0;
            }

            @Override
            public long startNanos() {
                return 0;
            }

            @Override
            public long modelEndNanos() {
                return modelEndNanos;
            }

            @Override
            public int tokens() {
                return 1;
            }

            @Override
            public int stepTokens() {
                return 1;
            }

            @Override
            public int sequenceCount() {
                return 1;
            }

            @Override
            public Phase phase() {
                return Phase.DECODE;
            }

            @Override
            public long shareNanos() {
                return shareNanos;
            }

            @Override
            public long handOverNanos() {
                return 0;
            }

            @Override
            public long kvBytes() {
                return kvBytes;
            }

            @Override
            public boolean watchedClosely() {
                return false;
            }

            @Override
            public Optional<StepTimings> timings() {
                return Optional.empty();
            }
        };
    }

    @Test
    void passesEveryEventOn() {
        List<String> events = new ArrayList<>();
        GenerationListener choice = times.watch(recordingInto(events));

        choice.queued(1);
        choice.admitted(2, 3);
        choice.prefillEnded(4, 5);
        choice.tokenGenerated(6, 7);
        choice.ended(FinishReason.LENGTH, 8);

        assertThat(events).containsExactly("queued 1", "admitted 2 3", "prefill 4 5", "token 6 7", "ended LENGTH 8");
    }

    private static GenerationListener recordingInto(List<String> events) {
        return new GenerationListener() {
            @Override
            public void queued(long atNanos) {
                events.add("queued " + atNanos);
            }

            @Override
            public void admitted(int slot, long atNanos) {
                events.add("admitted " + slot + " " + atNanos);
            }

            @Override
            public void prefillEnded(int promptTokens, long atNanos) {
                events.add("prefill " + promptTokens + " " + atNanos);
            }

            @Override
            public void tokenGenerated(int tokenId, long atNanos) {
                events.add("token " + tokenId + " " + atNanos);
            }

            @Override
            public void ended(FinishReason reason, long atNanos) {
                events.add("ended " + reason + " " + atNanos);
            }
        };
    }

    @Test
    void asksForTheBatchAndTellsOnceAtTheFirstAdmission() {
        AtomicInteger running = new AtomicInteger(3);
        List<OptionalInt> told = new ArrayList<>();
        AtomicReference<RequestTimes> self = new AtomicReference<>();
        RequestTimes asking = new RequestTimes(
                running::getAndIncrement, () -> told.add(self.get().batchSize()));
        self.set(asking);
        GenerationListener first = asking.watch(GenerationListener.NONE);
        GenerationListener second = asking.watch(GenerationListener.NONE);

        first.queued(10);
        second.queued(11);
        assertThat(asking.batchSize()).isEmpty();
        assertThat(asking.runNanos(50)).isEmpty();
        second.admitted(1, 20);
        first.admitted(0, 30);

        assertThat(told).containsExactly(OptionalInt.of(3));
        assertThat(asking.batchSize()).hasValue(3);
        assertThat(asking.runNanos(50)).hasValue(30);
    }
}
