package io.vitrine.server.http;

import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;

/** The heap that answers may take which their clients have not taken yet: all of them together. Any thread. */
public final class AnswerMemory {

    private final long capacity;
    private final AtomicLong used = new AtomicLong();

    /** @param capacity in bytes */
    public AnswerMemory(long capacity) {
        this.capacity = capacity;
    }

    /** A share for one answer, which has nothing yet. */
    Share share() {
        return new Share();
    }

    /** Bytes that are held. */
    public long used() {
        return used.get();
    }

    public long capacity() {
        return capacity;
    }

    static ApiException full() {
        return new ApiException(
                ErrorReason.OVERLOADED,
                "the memory for answers that clients have not taken is in use (server.answer-memory);"
                        + " try again, or ask for a stream, fewer choices or fewer log probabilities");
    }

    /** What one answer holds. On its request's event loop. */
    final class Share {

        private long held;

        /** Whether it may hold so many bytes, and does now; else it holds what it held. */
        boolean hold(long bytes) {
            long more = bytes - held;
            if (used.addAndGet(more) > capacity && more > 0) {
                used.addAndGet(-more);
                return false;
            }
            held = bytes;
            return true;
        }

        boolean holdMore(long bytes) {
            return hold(held + bytes);
        }

        void release() {
            used.addAndGet(-held);
            held = 0;
        }
    }
}
