package io.vitrine.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

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
