package io.vitrine.model.engine;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.EngineProgress.Activity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.SETTINGS;
import static io.vitrine.model.engine.EngineFixture.request;
import static io.vitrine.model.engine.EngineFixture.runner;
import static org.assertj.core.api.Assertions.assertThat;

/** What can be read from an engine while its thread is somewhere. */
@Timeout(60)
class EngineProgressTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void isIdleBeforeTheFirstRequest() {
        try (var fixture = new EngineFixture()) {
            fixture.clock.advance(Duration.ofSeconds(9));

            EngineProgress progress = fixture.engine.progress();
            assertThat(progress.activity()).isEqualTo(Activity.IDLE);
            assertThat(progress.stepNanos(fixture.clock.nanoTime())).isZero();
            assertThat(fixture.engine.threadAlive()).isTrue();
        }
    }

    @Test
    void showsACallOfTheModelWhileItRuns() {
        try (var fixture = new EngineFixture()) {
            var first = fixture.runner.holdAt(0);
            var second = fixture.runner.holdAt(1);
            var client = fixture.submit(2, 10, 11, 12);
            first.awaitReached();
            fixture.clock.advance(Duration.ofSeconds(7));

            assertThat(fixture.engine.progress())
                    .isEqualTo(new EngineProgress(Activity.MODEL, 0, 3, 0, 0, OptionalLong.empty()));
            assertThat(fixture.engine.stack())
                    .anyMatch(frame -> frame.getMethodName().equals("run")
                            && frame.getClassName().equals(ScriptedRunner.class.getName()));

            first.release();
            second.awaitReached();
            fixture.clock.advance(Duration.ofSeconds(1));

            EngineProgress decoding = fixture.engine.progress();
            assertThat(decoding)
                    .isEqualTo(new EngineProgress(
                            Activity.MODEL, 1, 1, 7 * SECOND, 7 * SECOND, OptionalLong.of(7 * SECOND)));
            assertThat(decoding.stepNanos(fixture.clock.nanoTime())).isEqualTo(SECOND);
            second.release();
            client.awaitEnd();
        }
    }

    @Test
    void showsDeliveryWhileASinkBlocks() {
        var reached = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        try (var fixture = new EngineFixture()) {
            var sink = new RecordingTokenSink(token -> {
                reached.countDown();
                return pass(released);
            });
            var client = fixture.submit(request(1, 10), sink);
            pass(reached);

            assertThat(fixture.engine.progress().activity()).isEqualTo(Activity.DELIVERY);
            released.countDown();
            client.awaitEnd();
        }
    }

    @Test
    void showsPlanningWhileAListenerBlocks() {
        var reached = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        try (var engine = new Engine(runner(ScriptedRunner.counting()), SETTINGS, EngineListener.NONE, () -> 0)) {
            var sink = new RecordingTokenSink();
            engine.submit(request(1, 10), sink, new GenerationListener() {
                @Override
                public void admitted(int slot, long atNanos) {
                    reached.countDown();
                    pass(released);
                }
            });
            pass(reached);

            assertThat(engine.progress().activity()).isEqualTo(Activity.PLANNING);
            released.countDown();
            sink.awaitEnd();
        }
    }

    @Test
    void aClosedEngineHasNoThread() {
        var fixture = new EngineFixture();
        fixture.close();

        assertThat(fixture.engine.threadAlive()).isFalse();
        assertThat(fixture.engine.stack()).isEmpty();
    }

    @Test
    void isFullOnceEveryPlaceIsTaken() {
        try (var fixture = new EngineFixture()) {
            var gate = fixture.runner.holdAt(0);
            for (int client = 0; client < fixture.engine.capacity(); client++) {
                assertThat(fixture.engine.full()).isFalse();
                fixture.submit(1, 10);
            }
            assertThat(fixture.engine.full()).isTrue();
            gate.release();
        }
    }

    /** The copies of pages are calls of the model, too. */
    @Test
    void showsACopyOfPagesAsACallOfTheModel() {
        var heartbeat = new Heartbeat(5);
        var during = new CompletableFuture<Activity>();
        heartbeat.stepStarted(3, 6);

        heartbeat.duringModelCall(
                () -> 8, () -> during.complete(heartbeat.latest().activity()));

        assertThat(during).isCompletedWithValue(Activity.MODEL);
        assertThat(heartbeat.latest())
                .isEqualTo(new EngineProgress(Activity.PLANNING, 3, 0, 6, 6, OptionalLong.empty()));
    }

    private static boolean pass(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
