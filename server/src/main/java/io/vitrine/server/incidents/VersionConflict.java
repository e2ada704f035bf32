package io.vitrine.server.incidents;

/** An incident was changed since the caller has read it. */
public final class VersionConflict extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    VersionConflict(long id, long expected, long actual) {
        super("incident " + id + " has version " + actual + ", not " + expected
                + ": it was changed meanwhile; read it again");
    }
}
