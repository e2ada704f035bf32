package io.vitrine.server.alerting;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.store.ledger.AlertLedger;
import io.vitrine.store.ledger.AuditEntry;

/** Silences in the ledger, changed by operators; audited. */
public final class Silences {

    /** Silences that may be there at once, ended ones of the last month among them. */
    static final int MAX = 1_000;

    static final Duration LONGEST = Duration.ofDays(90);

    private static final int ID_BYTES = 6;
    private static final int MAX_MATCHERS = 20;
    private static final int MAX_TEXT = 500;

    private final AlertLedger ledger;
    private final RandomGenerator random;

    public Silences(AlertLedger ledger, RandomGenerator random) {
        this.ledger = ledger;
        this.random = random;
    }

    /**
     * Adds a silence.
     *
     * @param matchers such as {@code severity="P2"}
     * @return the silence as a JSON object
     * @throws IllegalArgumentException if a value is not allowed; the message says which
     */
    public CompletableFuture<Map<String, Object>> add(
            List<String> matchers, Duration length, String why, String who, long nowMillis) {
        require(!length.isNegative() && !length.isZero(), "a silence must end later than now");
        require(length.compareTo(LONGEST) <= 0, "a silence may last " + LONGEST.toDays() + " days at most");
        require(matchers.size() <= MAX_MATCHERS, "a silence may have " + MAX_MATCHERS + " matchers at most");
        require(why.length() <= MAX_TEXT, "why may have " + MAX_TEXT + " characters at most");
        require(
                matchers.stream().allMatch(matcher -> matcher.length() <= MAX_TEXT),
                "a matcher may have " + MAX_TEXT + " characters at most");
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Silence silence = new Silence(
                HexFormat.of().formatHex(id),
                matchers.stream().map(Matcher::parse).toList(),
                nowMillis,
                nowMillis + length.toMillis(),
                who,
                why);
        AuditEntry audit =
                new AuditEntry(nowMillis, who, "silence_added", silence.id(), String.join(", ", matchers) + ": " + why);
        return ledger.add(AlertRecords.row(silence), MAX, audit).thenApply(added -> {
            require(Boolean.TRUE.equals(added), "there are " + MAX + " silences already");
            return AlertViews.silence(silence, nowMillis);
        });
    }

    /** Ends a silence; false if there is none of this id that has not ended. */
    public CompletableFuture<Boolean> expire(String id, String who, long nowMillis) {
        return ledger.expireSilence(id, new AuditEntry(nowMillis, who, "silence_expired", id, "ended"));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
