package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.MemoryBounds;

/**
 * The heap that request bodies may take, from their first byte until their planning has ended. A body leases {@link
 * MemoryBounds#HEAP_PER_BODY_BYTE} bytes for each of its own that has arrived, so one that is only announced holds next to nothing.
 *
 * <p>What finds no room waits, the smallest first, and is not read meanwhile. Large bodies leave a quarter to small ones, so that a few
 * large ones cannot keep an ordinary prompt waiting. A lease grows only if all bodies can still end, one after the other (the banker's
 * algorithm): so no two wait for memory that the other holds. Any thread.
 */
public final class BodyMemory {

    /** Each holds what has been read of it before it paused. */
    static final int MAX_WAITING = MemoryBounds.WAITING_BODIES;

    /** A body of this part of the capacity, or less, is small. */
    private static final int SMALL_PART = 64;

    private final long capacity;
    private final long largeCapacity;
    private final NavigableSet<Lease> waiting = new TreeSet<>(
            Comparator.<Lease>comparingLong(lease -> lease.wanted).thenComparingLong(lease -> lease.number));
    /** Those that hold memory or may want some. */
    private final Set<Lease> leases = new HashSet<>();

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
     * @param mostBytes of the body: it grows to no more
     * @param granted runs on {@code owner} once memory is there that it had to wait for
     */
    synchronized Lease lease(long mostBytes, Executor owner, Runnable granted) {
        Lease lease = new Lease(mostBytes * MemoryBounds.HEAP_PER_BODY_BYTE, owner, granted);
        leases.add(lease);
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

    /** One that cannot be granted yet does not hold up those behind it, which may be what it waits for. */
    private void grantWaiting() {
        for (Lease next : List.copyOf(waiting)) {
            if (next.fits()) {
                waiting.remove(next);
                next.take(next.wanted);
                next.owner.execute(next.granted);
            }
        }
    }

    /** Whether all bodies can end, each with what those before it have given back; those that need least come first. */
    private boolean allCanEnd() {
        long free = capacity - used;
        long freeForLarge = largeCapacity - largeUsed;
        List<Lease> byNeed = new ArrayList<>(leases);
        byNeed.sort(Comparator.comparingLong(Lease::need));
        for (Lease lease : byNeed) {
            if (lease.need() > free || lease.largeNeed() > freeForLarge) {
                return false;
            }
            free += lease.bytes;
            freeForLarge += largePart(lease.bytes);
        }
        return true;
    }

    /** A part of the memory; to be given back. */
    final class Lease {

        private final long number = leaseCount++;
        private final Executor owner;
        private final Runnable granted;
        private long most;
        private long bytes;
        private long wanted;
        private boolean released;

        private Lease(long most, Executor owner, Runnable granted) {
            this.most = most;
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
            if (used - bytes + wanted > capacity
                    || (isLarge(wanted) && largeUsed - largePart(bytes) + wanted > largeCapacity)) {
                return false;
            }
            long before = bytes;
            take(wanted);
            boolean safe = allCanEnd();
            take(before);
            return safe;
        }

        private long need() {
            return most - bytes;
        }

        private long largeNeed() {
            return largePart(most) - largePart(bytes);
        }

        private void take(long now) {
            used += now - bytes;
            largeUsed += largePart(now) - largePart(bytes);
            bytes = now;
        }

        /** The body is whole, and may be smaller than it could have been. */
        void shrink(long bodyBytes) {
            synchronized (BodyMemory.this) {
                if (!released) {
                    take(Math.min(bytes, bodyBytes * MemoryBounds.HEAP_PER_BODY_BYTE));
                    most = bytes;
                    grantWaiting();
                }
            }
        }

        /** Gives the memory back, and leaves the queue; a second call does nothing. */
        void release() {
            synchronized (BodyMemory.this) {
                released = true;
                waiting.remove(this);
                leases.remove(this);
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
