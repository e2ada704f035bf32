package io.vitrine.store.sql;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Bounds one question: its statements are ended by {@link #expire}, which another thread calls, and what it waits for is waited for no
 * longer than what is left.
 */
public final class Deadline {
    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final Duration limit;
    private boolean expired;
    private @Nullable Statement running;
    private volatile @Nullable Delayed end;

    /** Without a limit, until {@link #endsWith}. */
    public Deadline() {
        this(UNLIMITED);
    }

    private Deadline(Duration limit) {
        this.limit = limit;
    }

    /** For one wait; statements are not ended by it. */
    public static Deadline ofOneWait(Duration limit) {
        return new Deadline(limit);
    }

    /** What calls {@link #expire}, so that waits know how long that is from now. */
    public void endsWith(Delayed timer) {
        end = timer;
    }

    /** Ends what runs with an error, and nothing more begins. */
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

    /** What is left; never negative. */
    public Duration remaining() {
        Delayed timer = end;
        if (timer == null) {
            return limit;
        }
        return Duration.ofNanos(Math.max(0, timer.getDelay(TimeUnit.NANOSECONDS)));
    }

    /**
     * Waits for a lock.
     *
     * @throws StoreException if the time is over before it is free, or the thread is interrupted
     */
    public void acquire(Lock lock, String what) {
        try {
            if (!lock.tryLock(remaining().toNanos(), TimeUnit.NANOSECONDS)) {
                expire();
                throw new StoreException(Reason.TOO_SLOW, "waited for " + what + " until the time was over");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Reason.FAILED, "interrupted while it waited for " + what, e);
        }
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
