package io.vitrine.server.http;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.MemoryBounds;

/**
 * The heap that request bodies may take, from their first byte until their planning has ended. A body leases {@link
 * MemoryBounds#HEAP_PER_BODY_BYTE} bytes for each of its own, those of unknown length as
 * they arrive. What finds no room waits, the smallest first, and is not read meanwhile; large bodies leave a quarter to small ones, so that a few large ones cannot keep an ordinary prompt waiting. Any
 * thread.
 */
public final class BodyMemory {

    /** Each holds what has been read of it before it paused. */
    static final int MAX_WAITING = MemoryBounds.WAITING_BODIES;

    /** A body of this part of the capacity, or less, is small. */
    private static final int SMALL_PART = 64;

    private final long capacity;
    private final long largeCapacity;
    private final PriorityQueue<Lease> waiting = new PriorityQueue<>(
            Comparator.<Lease>comparingLong(lease -> lease.wanted).thenComparingLong(lease -> lease.number));
    private long used;
    private long largeUsed;
    private long leaseCount;

    /** @param capacity in bytes of heap */
    public BodyMemory(long capacity) {
        this.capacity = capacity;
        this.largeCapacity = MemoryBounds.largeBodyMemory(capacity);
    }

    /**
     * A lease of nothing yet.
     *
     * @param granted runs on {@code owner} once memory is there that it had to wait for
     */
    synchronized Lease lease(Executor owner, Runnable granted) {
        return new Lease(owner, granted);
    }

    /** Whether a body waits. */
    synchronized boolean contended() {
        return !waiting.isEmpty();
    }

    /** Bytes that are leased. */
    public synchronized long used() {
        return used;
    }

    public long capacity() {
        return capacity;
    }

    static ApiException full() {
        return new ApiException(
                ErrorReason.OVERLOADED, "the memory for request bodies is in use (server.body-memory); try again");
    }

    private void grantWaiting() {
        for (Lease next = waiting.peek(); next != null && next.fits(); next = waiting.peek()) {
            waiting.remove();
            next.take(next.wanted);
            next.owner.execute(next.granted);
        }
    }

    /** A part of the memory; to be given back. */
    final class Lease {

        private final long number = leaseCount++;
        private final Executor owner;
        private final Runnable granted;
        private long bytes;
        private long wanted;
        private boolean released;

        private Lease(Executor owner, Runnable granted) {
            this.owner = owner;
            this.granted = granted;
        }

        /**
         * Leases memory for so many bytes of the body in all, now or later; not while it waits for some.
         *
         * @return whether it is there now
         * @throws ApiException if too many wait already
         */
        boolean grow(long bodyBytes) {
            synchronized (BodyMemory.this) {
                wanted = bodyBytes * MemoryBounds.HEAP_PER_BODY_BYTE;
                if (released || wanted <= bytes) {
                    return true;
                }
                if (fits()) {
                    take(wanted);
                    return true;
                }
                if (waiting.size() >= MAX_WAITING) {
                    throw full();
                }
                waiting.add(this);
                return false;
            }
        }

        private boolean fits() {
            return used - bytes + wanted <= capacity
                    && (!isLarge(wanted) || largeUsed - largePart(bytes) + wanted <= largeCapacity);
        }

        private void take(long now) {
            used += now - bytes;
            largeUsed += largePart(now) - largePart(bytes);
            bytes = now;
        }

        /** The body turned out to be smaller than it could have been. */
        void shrink(long bodyBytes) {
            synchronized (BodyMemory.this) {
                long less = bodyBytes * MemoryBounds.HEAP_PER_BODY_BYTE;
                if (less < bytes) {
                    take(less);
                    grantWaiting();
                }
            }
        }

        /** Gives the memory back, and leaves the queue; a second call does nothing. */
        void release() {
            synchronized (BodyMemory.this) {
                released = true;
                waiting.remove(this);
                take(0);
                grantWaiting();
            }
        }
    }

    private boolean isLarge(long bytes) {
        return bytes > capacity / SMALL_PART;
    }

    private long largePart(long bytes) {
        return isLarge(bytes) ? bytes : 0;
    }
}
