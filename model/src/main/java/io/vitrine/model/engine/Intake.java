package io.vitrine.model.engine;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The door between submitting threads and the engine thread: counts who is inside, refuses who has no place, hands over who
 * came, and lets the engine thread sleep while nobody is there. Any thread; the lock is held for a few instructions.
 *
 * <p>A request enters (takes a place), is handed over, leaves (gives its place back), and is told its end. Entering comes
 * before handing over so that a listener hears {@code queued} in between: after it is certain, before the engine knows.
 */
final class Intake {

    private final int places;
    private final ReentrantLock lock = new ReentrantLock();
    /** For the engine thread: someone was handed over, or it shall end. */
    private final Condition arrived = lock.newCondition();
    /** For who drains: the last one inside was told its end. */
    private final Condition emptied = lock.newCondition();

    private final ArrayDeque<Sequence> arrivals = new ArrayDeque<>();
    private @Nullable RefusalReason closedFor;
    private boolean ending;
    /** Set once, and then read by the engine thread at every step. */
    private volatile boolean cancelsAll;

    private int insideCount;
    /** Who is inside, and who has just left but does not know yet. */
    private int untoldCount;

    /** Open. */
    Intake(int places) {
        this.places = places;
    }

    int places() {
        return places;
    }

    /** Takes {@code count} places, or none; otherwise the reason. */
    @Nullable
    RefusalReason enter(int count) {
        lock.lock();
        try {
            if (closedFor != null) {
                return closedFor;
            }
            if (count > places - insideCount) {
                return RefusalReason.QUEUE_FULL;
            }
            insideCount += count;
            untoldCount += count;
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands sequences that have entered over to the engine thread: all of them, or none if that fails for want of memory, and
     * then their places are free again.
     */
    void handOver(List<Sequence> sequences) {
        lock.lock();
        boolean added = false;
        try {
            added = arrivals.addAll(sequences);
            arrived.signal();
        } finally {
            if (!added) {
                sequences.forEach(sequence -> {
                    leave();
                    told();
                });
            }
            lock.unlock();
        }
    }

    /**
     * Moves those handed over to {@code target}, in order. Engine thread.
     *
     * @param wait whether to sleep until there is someone
     * @return false if the engine thread shall end: nobody is inside, and nobody will come
     */
    boolean take(List<Sequence> target, boolean wait) {
        lock.lock();
        try {
            while (wait && arrivals.isEmpty() && !over()) {
                arrived.awaitUninterruptibly();
            }
            target.addAll(arrivals);
            arrivals.clear();
            return !over();
        } finally {
            lock.unlock();
        }
    }

    /** The engine thread has ended, and nothing it has not reported will be: waiting for that is over. */
    void threadEnded() {
        lock.lock();
        try {
            untoldCount = 0;
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean over() {
        return ending && insideCount == 0;
    }

    /** Gives a place back, before its holder is told: told, it may come again at once and must find the place free. */
    void leave() {
        lock.lock();
        try {
            insideCount--;
        } finally {
            lock.unlock();
        }
    }

    /** One who left has been told. */
    void told() {
        lock.lock();
        try {
            untoldCount--;
            if (untoldCount == 0) {
                emptied.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in any more, for this reason; a failure stays the reason. */
    void close(RefusalReason reason) {
        lock.lock();
        try {
            if (closedFor != RefusalReason.ENGINE_FAILED) {
                closedFor = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whoever is inside shall be cancelled; the intake must be closed. */
    void cancelAll() {
        cancelsAll = true;
    }

    boolean cancelsAll() {
        return cancelsAll;
    }

    /** Closes, cancels whoever is inside, and lets the engine thread end once nobody is. */
    void end(RefusalReason reason) {
        lock.lock();
        try {
            close(reason);
            cancelsAll = true;
            ending = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everyone has left and been told.
     *
     * @return false if the time was over first
     */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (untoldCount > 0) {
                if (left <= 0) {
                    return false;
                }
                left = emptied.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    int insideCount() {
        lock.lock();
        try {
            return insideCount;
        } finally {
            lock.unlock();
        }
    }
}
