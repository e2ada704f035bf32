package io.vitrine.tenants.limits;

import java.math.BigInteger;
import java.util.Random;

import io.vitrine.tenants.TenantLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenBucketTest {

    private static final long MINUTE = 60_000_000_000L;

    @Test
    void isFullAtFirstAndAgainAMinuteAfterItWasEmpty() {
        TokenBucket bucket = new TokenBucket(7, 0);
        bucket.take(7);
        assertThat(bucket.remaining()).isZero();
        assertThat(bucket.nanosUntilFull()).isEqualTo(MINUTE);
        bucket.refill(MINUTE - 1);
        assertThat(bucket.remaining()).isEqualTo(6);
        bucket.refill(MINUTE);
        assertThat(bucket.remaining()).isEqualTo(7);
        bucket.refill(10 * MINUTE);
        assertThat(bucket.remaining()).isEqualTo(7);
    }

    @Test
    void saysToTheNanosecondWhenATokenIsThere() {
        TokenBucket bucket = new TokenBucket(7, 0);
        bucket.take(7);
        long wait = bucket.nanosUntil(1);
        bucket.refill(wait - 1);
        assertThat(bucket.remaining()).isZero();
        bucket.refill(wait);
        assertThat(bucket.remaining()).isEqualTo(1);
        assertThat(bucket.nanosUntil(1)).isZero();
    }

    @Test
    void losesNothingByBeingAskedOften() {
        TokenBucket bucket = new TokenBucket(7, 0);
        bucket.take(7);
        for (long now = 0; now < MINUTE; now += 999_983) {
            bucket.refill(now);
        }
        bucket.refill(MINUTE);
        assertThat(bucket.nanosUntilFull()).isZero();
    }

    @Test
    void paysItsDebtBeforeItGivesAgain() {
        TokenBucket bucket = new TokenBucket(60, 0);
        bucket.take(90);
        assertThat(bucket.remaining()).isZero();
        assertThat(bucket.nanosUntil(1)).isEqualTo(31_000_000_000L);
    }

    @Test
    void goesNoDeeperIntoDebtThanAMinute() {
        TokenBucket bucket = new TokenBucket(60, 0);
        bucket.take(Long.MAX_VALUE);
        bucket.take(Long.MAX_VALUE);
        assertThat(bucket.nanosUntil(1)).isEqualTo(MINUTE + 1_000_000_000L);
    }

    @Test
    void keepsWhatIsMissingWhereTheRateChanges() {
        TokenBucket bucket = new TokenBucket(100, 0);
        bucket.take(30);
        bucket.changeRate(50, 0);
        assertThat(bucket.remaining()).isEqualTo(20);
        bucket.changeRate(200, 0);
        assertThat(bucket.remaining()).isEqualTo(170);
    }

    @Test
    void gainsNothingWhereTimeStepsBack() {
        TokenBucket bucket = new TokenBucket(60, 1_000);
        bucket.take(60);
        bucket.refill(0);
        bucket.refill(1_000);
        assertThat(bucket.nanosUntilFull()).isEqualTo(MINUTE);
    }

    /** Unbounded integers are the oracle. */
    @ParameterizedTest
    @ValueSource(longs = {1, 7, 60, 99_991, TenantLimits.MAX_PER_MINUTE})
    void isExactAndNeverOverflowsWhateverComes(long perMinute) {
        Random random = new Random(perMinute);
        TokenBucket bucket = new TokenBucket(perMinute, 0);
        BigInteger capacity = BigInteger.valueOf(perMinute).multiply(BigInteger.valueOf(MINUTE));
        BigInteger units = capacity;
        long now = 0;
        for (int i = 0; i < 5_000; i++) {
            long elapsed = random.nextLong(random.nextBoolean() ? 1_000_000 : 5 * MINUTE);
            now += elapsed;
            bucket.refill(now);
            units = units.add(BigInteger.valueOf(elapsed).multiply(BigInteger.valueOf(perMinute)))
                    .min(capacity);
            long tokens = random.nextLong(2 * perMinute + 1);
            BigInteger amount = BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(MINUTE));
            if (random.nextInt(4) > 0) {
                bucket.take(tokens);
                units = units.subtract(amount).max(capacity.negate());
            } else {
                bucket.giveBack(tokens);
                units = units.add(amount).min(capacity);
            }
            assertThat(bucket.remaining())
                    .isEqualTo(units.divide(BigInteger.valueOf(MINUTE))
                            .max(BigInteger.ZERO)
                            .longValueExact());
        }
    }
}
