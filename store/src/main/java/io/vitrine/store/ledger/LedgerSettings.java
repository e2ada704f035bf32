package io.vitrine.store.ledger;

import java.nio.file.Path;

/**
 * Where the ledger lies and how much may wait for it.
 *
 * @param directory holds {@code ledger.db}; made if missing
 * @param queueLimit writes that may wait; one more is refused at once
 * @param batchLimit writes in one transaction at most
 */
public record LedgerSettings(Path directory, int queueLimit, int batchLimit) {

    public LedgerSettings {
        if (queueLimit < 1) {
            throw new IllegalArgumentException("queueLimit must be >= 1: " + queueLimit);
        }
        if (batchLimit < 1) {
            throw new IllegalArgumentException("batchLimit must be >= 1: " + batchLimit);
        }
    }

    /** The usual limits. */
    public static LedgerSettings in(Path directory) {
        return new LedgerSettings(directory, 8192, 512);
    }

    Path file() {
        return directory.resolve("ledger.db");
    }

    Path lockFile() {
        return directory.resolve("ledger.lock");
    }
}
