package io.vitrine.server.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.PlanningConfig;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Workers that run when the test says so, one after the other. */
class FairPoolTest {

    private final Deque<Runnable> workers = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Map<Duration, Runnable> rests = new LinkedHashMap<>();
    private long nowNanos;

    @Test
    void tenantsTakeTurnsHoweverManyJobsEachHas() {
        FairPool pool = pool(1, 1, 100, 100);
        for (int i = 0; i < 4; i++) {
            submit(pool, "flood", i);
        }
        submit(pool, "a", 0);
        submit(pool, "b", 0);
        submit(pool, "a", 1);
        runAll();
        assertThat(done).containsExactly("flood0", "flood1", "a0", "b0", "flood2", "a1", "flood3");
        assertThat(pool.tenantCount()).isZero();
    }

    @Test
    void oneTenantNeverHasEveryThread() {
        FairPool pool = pool(3, 2, 100, 100);
        for (int i = 0; i < 5; i++) {
            submit(pool, "flood", i);
        }
        assertThat(workers).hasSize(2);
        assertThat(pool.waitingCount()).isEqualTo(3);
        submit(pool, "a", 0);
        assertThat(workers).hasSize(3);
        runAll();
        assertThat(done).hasSize(6);
    }

    @Test
    void refusesWhatExceedsATenantsQueueOrTheWhole() {
        FairPool pool = pool(1, 1, 3, 2);
        nowNanos = 0;
        submit(pool, "a", 0);
        nowNanos = 1_000_000_000;
        workers.remove().run();
        rests.values().forEach(Runnable::run);
        for (int i = 0; i < 3; i++) {
            submit(pool, "a", i);
        }
        assertThatThrownBy(() -> submit(pool, "a", 3))
                .isInstanceOfSatisfying(ApiException.class, refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ErrorReason.CONCURRENCY_EXCEEDED);
                    assertThat(refusal.retryAfter()).isPresent();
                })
                .hasMessageContaining("planning.tenant-queue-limit, 2");
        submit(pool, "b", 0);
        assertThatThrownBy(() -> submit(pool, "c", 0))
                .isInstanceOfSatisfying(ApiException.class, refusal -> assertThat(refusal.reason())
                        .isEqualTo(ErrorReason.QUEUE_FULL))
                .hasMessageContaining("planning.queue-limit, 3");
        runAll();
        assertThat(pool.tenantCount()).isZero();
        submit(pool, "c", 0);
    }

    @Test
    void aTenantsQueueRestsAfterALongJob() {
        FairPool pool = pool(2, 1, 100, 100);
        pool.submit("large", () -> nowNanos += 20_000_000);
        submit(pool, "large", 1);
        workers.remove().run();
        assertThat(workers).as("the tenant's next job").isEmpty();
        submit(pool, "small", 0);
        runAll();
        assertThat(done).containsExactly("small0");

        assertThat(rests).containsOnlyKeys(Duration.ofMillis(60)); // 20 ms are 25 % of 80 ms
        rests.values().forEach(Runnable::run);
        runAll();
        assertThat(done).containsExactly("small0", "large1");
        assertThat(pool.tenantCount()).isZero();
    }

    @Test
    void aShortJobNeedsNoRest() {
        FairPool pool = pool(1, 1, 100, 100);
        pool.submit("a", () -> nowNanos += 3_900_000);
        submit(pool, "a", 1);
        runAll();
        assertThat(done).containsExactly("a1");
        assertThat(rests).isEmpty();
    }

    @Test
    void anAbandonedJobIsNotBegunAndLeavesItsPlace() {
        FairPool pool = pool(1, 1, 2, 1);
        submit(pool, "a", 0);
        FairPool.Job<String> left = submit(pool, "a", 1);
        FairPool.Job<String> begun = submit(pool, "b", 0);
        left.abandon();
        left.abandon();
        submit(pool, "a", 2);
        runAll();
        assertThat(done).containsExactly("a0", "b0", "a2");
        assertThat(left.result().toCompletableFuture()).isCancelled();
        begun.abandon();
        assertThat(begun.result().toCompletableFuture()).isCompletedWithValue("b0");
    }

    @Test
    void workCanSeeThatItIsAbandoned() {
        FairPool pool = pool(1, 1, 2, 2);
        List<Boolean> seen = new ArrayList<>();
        CompletableFuture<FairPool.Job<String>> self = new CompletableFuture<>();
        FairPool.Job<String> job = pool.submit("a", work -> {
            seen.add(work.abandoned());
            self.join().abandon();
            seen.add(work.abandoned());
            throw new IllegalStateException("nobody is told");
        });
        self.complete(job);
        runAll();
        assertThat(seen).containsExactly(false, true);
        assertThat(job.result().toCompletableFuture()).isCancelled();
    }

    @Test
    void aFailureIsTheJobsResultAndFreesItsThread() {
        FairPool pool = pool(1, 1, 2, 2);
        FairPool.Job<String> failing = pool.submit("a", work -> {
            throw new ApiException(ErrorReason.INVALID_REQUEST, "no");
        });
        submit(pool, "a", 1);
        runAll();
        assertThat(failing.result().toCompletableFuture()).isCompletedExceptionally();
        assertThat(done).containsExactly("a1");
    }

    private FairPool pool(int threads, int tenantThreads, int queueLimit, int tenantQueueLimit) {
        return new FairPool(
                new PlanningConfig(
                        OptionalInt.of(threads), OptionalInt.of(tenantThreads), queueLimit, tenantQueueLimit, 25),
                workers::add,
                (delay, work) -> rests.put(delay, work),
                () -> nowNanos);
    }

    private FairPool.Job<String> submit(FairPool pool, String tenant, int index) {
        return pool.submit(tenant, () -> {
            done.add(tenant + index);
            return tenant + index;
        });
    }

    private void runAll() {
        while (!workers.isEmpty()) {
            workers.remove().run();
        }
    }
}
