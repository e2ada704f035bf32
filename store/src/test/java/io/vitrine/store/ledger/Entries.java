package io.vitrine.store.ledger;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** Cost entries for tests. */
final class Entries {
    static final long NOON = Instant.parse("2026-11-24T12:00:00Z").toEpochMilli();

    private Entries() {}

    static CostEntry of(String requestId) {
        return of(requestId, "acme", NOON, 70);
    }

    static CostEntry of(String requestId, String tenant, long atMillis, long revenueBillionths) {
        return of(requestId, requestId, tenant, atMillis, revenueBillionths);
    }

    static CostEntry of(
            String entryId, String requestId, String tenant, long atMillis, @Nullable Long revenueBillionths) {
        return new CostEntry(
                entryId,
                requestId,
                atMillis,
                tenant,
                "vt_abcd",
                "smollm2",
                "chat_completions",
                "completed",
                100,
                40,
                20,
                "EUR",
                revenueBillionths,
                30L,
                5_000_000,
                1.5,
                2.25,
                null);
    }
}
