package io.vitrine.store.sql;

import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/** Ends the statements of one question when its time is over, which another thread tells by {@link #expire}. */
public final class Deadline {

    private boolean expired;
    private @Nullable Statement running;

    /** The time is over: what runs ends with an error, and nothing more begins. */
    public synchronized void expire() {
        expired = true;
        if (running != null) {
            try {
                running.cancel();
            } catch (SQLException e) {
                // It has ended by itself meanwhile; the next one will not begin.
                running = null;
            }
        }
    }

    public synchronized boolean isExpired() {
        return expired;
    }

    synchronized void watch(Statement statement) throws SQLException {
        if (expired) {
            throw new SQLException("the time of the question is over");
        }
        running = statement;
    }

    synchronized void unwatch() {
        running = null;
    }
}
