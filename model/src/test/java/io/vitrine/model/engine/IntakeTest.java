package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class IntakeTest {

    private final Intake intake = new Intake(2);
    private final List<Sequence> taken = new ArrayList<>();

    @Test
    void refusesWhenEveryPlaceIsTakenUntilOneLeaves() {
        assertThat(intake.enter(1)).isNull();
        assertThat(intake.enter(1)).isNull();
        assertThat(intake.enter(1)).isEqualTo(RefusalReason.QUEUE_FULL);
        intake.leave();
        assertThat(intake.enter(1)).isNull();
        assertThat(intake.insideCount()).isEqualTo(2);
    }

    @Test
    void aFailureStaysTheReason() {
        intake.close(RefusalReason.DRAINING);
        assertThat(intake.enter(1)).isEqualTo(RefusalReason.DRAINING);
        intake.close(RefusalReason.ENGINE_FAILED);
        intake.close(RefusalReason.DRAINING);
        assertThat(intake.enter(1)).isEqualTo(RefusalReason.ENGINE_FAILED);
    }

    @Test
    void handsOverInOrder() {
        Sequence first = handOver();
        Sequence second = handOver();
        assertThat(intake.take(taken, true)).isTrue();
        assertThat(taken).containsExactly(first, second);
        taken.clear();
        assertThat(intake.take(taken, false)).isTrue();
        assertThat(taken).isEmpty();
    }

    @Test
    void doesNotEndWhileSomeoneHasEnteredButIsNotYetHandedOver() throws Exception {
        assertThat(intake.enter(1)).isNull();
        intake.end(RefusalReason.DRAINING);
        assertThat(intake.cancelsAll()).isTrue();
        CompletableFuture<Boolean> take = CompletableFuture.supplyAsync(() -> intake.take(taken, true));
        intake.handOver(List.of(sequence()));
        assertThat(take.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(taken).hasSize(1);
        intake.leave();
        assertThat(intake.take(taken, true)).isFalse();
    }

    @Test
    void isEmptyOnlyOnceTheLastOneIsTold() throws Exception {
        assertThat(intake.awaitEmpty(0)).isTrue();
        intake.enter(1);
        intake.leave();
        assertThat(intake.awaitEmpty(0)).isFalse();
        CompletableFuture<Boolean> empty = CompletableFuture.supplyAsync(this::awaitEmpty);
        intake.told();
        assertThat(empty.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private boolean awaitEmpty() {
        try {
            return intake.awaitEmpty(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void neverLetsInMoreThanThereArePlaces() throws Exception {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        List<CompletableFuture<Void>> visitors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            visitors.add(CompletableFuture.runAsync(() -> visitOften(inside, most), run -> new Thread(run).start()));
        }
        for (CompletableFuture<Void> visitor : visitors) {
            visitor.get(30, TimeUnit.SECONDS);
        }
        assertThat(most).hasValueBetween(1, 2);
        assertThat(intake.insideCount()).isZero();
        assertThat(intake.awaitEmpty(0)).isTrue();
    }

    private void visitOften(AtomicInteger inside, AtomicInteger most) {
        for (int i = 0; i < 20_000; i++) {
            if (intake.enter(1) != null) {
                continue;
            }
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            intake.leave();
            intake.told();
        }
    }

    private Sequence handOver() {
        Sequence sequence = sequence();
        assertThat(intake.enter(1)).isNull();
        intake.handOver(List.of(sequence));
        return sequence;
    }

    private static Sequence sequence() {
        return new Sequence(EngineFixture.request(1, 1), 10, new RecordingTokenSink(), GenerationListener.NONE);
    }
}
