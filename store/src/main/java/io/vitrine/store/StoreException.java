package io.vitrine.store;

import org.jspecify.annotations.Nullable;

/** Says why the store could not open, write or answer; the message names the file, the value and the limit. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, in as many words as a counter or a status needs. */
    public enum Reason {
        /** More waits to be written than the queue holds. */
        QUEUE_FULL,
        /** The store was closed before this could be done. */
        CLOSED,
        /** Another process holds the file. */
        IN_USE,
        /** The file was written by a newer version of this program. */
        NEWER_VERSION,
        /** The file or its directory cannot be written. */
        READ_ONLY,
        /** The disk is full. */
        DISK_FULL,
        /** The file is damaged, or not what its name says. */
        CORRUPT,
        /** A question took longer than it may, and was ended. */
        TOO_SLOW,
        /** Any other failure; the cause tells. */
        FAILED
    }

    private final Reason reason;

    public StoreException(Reason reason, String message) {
        this(reason, message, null);
    }

    public StoreException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
