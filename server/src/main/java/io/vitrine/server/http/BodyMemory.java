package io.vitrine.server.http;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.MemoryBounds;

/**
 * The heap that request bodies may take, from their first byte until their planning has ended. A body leases {@link
 * MemoryBounds#HEAP_PER_BODY_BYTE} bytes for each of its own. What finds no room waits, the smallest first, and is not read
 * meanwhile; large bodies leave a quarter to small ones, so that a few large ones cannot keep an ordinary prompt waiting. Any
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
            Comparator.<Lease>comparingLong(lease -> lease.bytes).thenComparingLong(lease -> lease.number));
    private long used;
    private long largeUsed;
    private long leaseCount;

    /** @param capacity in bytes of heap */
    public BodyMemory(long capacity) {
        this.capacity = capacity;
        this.largeCapacity = MemoryBounds.largeBodyMemory(capacity);
    }

    /**
     * Leases the memory for a body, now or later.
     *
     * @param granted runs on {@code owner} once the memory is there, within this call if it is there now
     * @throws ApiException if too many wait already
     */
    synchronized Lease lease(long bodyBytes, Executor owner, Runnable granted) {
        Lease lease = new Lease(bodyBytes * MemoryBounds.HEAP_PER_BODY_BYTE, owner, granted);
        if (lease.fits()) {
            lease.take();
            granted.run();
        } else if (waiting.size() >= MAX_WAITING) {
            throw full();
        } else {
            waiting.add(lease);
        }
        return lease;
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
            next.take();
            next.owner.execute(next.granted);
        }
    }

    /** A part of the memory; to be given back. */
    final class Lease {

        private final long number = leaseCount++;
        private final Executor owner;
        private final Runnable granted;
        private long bytes;
        private boolean large;
        private boolean taken;

        private Lease(long bytes, Executor owner, Runnable granted) {
            this.bytes = bytes;
            this.large = bytes > capacity / SMALL_PART;
            this.owner = owner;
            this.granted = granted;
        }

        private boolean fits() {
            return used + bytes <= capacity && (!large || largeUsed + bytes <= largeCapacity);
        }

        private void take() {
            taken = true;
            add(bytes);
        }

        private void add(long more) {
            used += more;
            if (large) {
                largeUsed += more;
            }
        }

        /** The body turned out to be smaller than it could have been. */
        void shrink(long bodyBytes) {
            synchronized (BodyMemory.this) {
                long less = bytes - bodyBytes * MemoryBounds.HEAP_PER_BODY_BYTE;
                if (taken && less > 0) {
                    add(-less);
                    bytes -= less;
                    grantWaiting();
                }
            }
        }

        /** Gives the memory back, or leaves the queue; a second call does nothing. */
        void release() {
            synchronized (BodyMemory.this) {
                if (taken) {
                    taken = false;
                    add(-bytes);
                    bytes = 0;
                } else {
                    waiting.remove(this);
                }
                grantWaiting();
            }
        }
    }
}
