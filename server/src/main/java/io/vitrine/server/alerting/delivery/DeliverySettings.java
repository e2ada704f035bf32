package io.vitrine.server.alerting.delivery;

import java.time.Duration;

import io.vitrine.server.alerting.Links;

/**
 * How notifications are delivered.
 *
 * @param connectTimeout for one connection
 * @param answerTimeout from a request to its answer
 * @param attempts after so many that failed, delivery is given up
 * @param concurrency requests under way at the same time, of all receivers
 * @param stopTimeout how long a stop waits for requests under way
 * @param links addresses in notifications
 */
public record DeliverySettings(
        Duration connectTimeout,
        Duration answerTimeout,
        Duration firstBackoff,
        Duration longestBackoff,
        int attempts,
        int concurrency,
        Duration stopTimeout,
        Links links) {

    public DeliverySettings {
        require(isPositive(connectTimeout), "connectTimeout must be > 0: " + connectTimeout);
        require(isPositive(answerTimeout), "answerTimeout must be > 0: " + answerTimeout);
        require(attempts >= 1, "attempts must be >= 1: " + attempts);
        require(concurrency >= 1, "concurrency must be >= 1: " + concurrency);
        require(!stopTimeout.isNegative(), "stopTimeout must be >= 0: " + stopTimeout);
    }

    /** The usual limits: 1000 attempts, half a minute apart on average, are about eight hours. */
    public static DeliverySettings usual(Links links) {
        return new DeliverySettings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                1_000,
                16,
                Duration.ofSeconds(5),
                links);
    }

    /** The same with other limits. */
    public DeliverySettings with(int mostAttempts, Duration forAnswer, Duration forStop) {
        return new DeliverySettings(
                connectTimeout, forAnswer, firstBackoff, longestBackoff, mostAttempts, concurrency, forStop, links);
    }

    Backoff backoff() {
        return new Backoff(firstBackoff, longestBackoff);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
