package io.vitrine.server.incidents;

/** An incident was changed since the caller has read it. */
public final class VersionConflictException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    VersionConflictException(long id, long expected, long actual) {
        super("incident " + id + " has version " + actual + ", not " + expected
                + ": it was changed meanwhile; read it again");
    }
}
