package io.vitrine.store.sql;

import org.sqlite.SQLiteConfig.SynchronousMode;

/** What a committed transaction survives. */
public enum Durability {
    /** A power cut: the log is on the disk before the commit returns. */
    EVERY_COMMIT(SynchronousMode.FULL),
    /** A crash of the process; a power cut may take the last transactions, and never the file. */
    PROCESS_CRASH(SynchronousMode.NORMAL);

    private final SynchronousMode mode;

    Durability(SynchronousMode mode) {
        this.mode = mode;
    }

    /** As {@code PRAGMA synchronous} answers it. */
    int level() {
        return switch (this) {
            case EVERY_COMMIT -> 2;
            case PROCESS_CRASH -> 1;
        };
    }

    SynchronousMode mode() {
        return mode;
    }
}
