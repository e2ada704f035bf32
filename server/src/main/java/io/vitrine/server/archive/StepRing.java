package io.vitrine.server.archive;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.StepReport;

/**
 * Brings the engine's reports to another thread at the cost of two writes: no lock, nothing made, and a full ring drops the report and
 * counts it. One thread puts in, one takes out; a place is empty or full, which is all that they tell each other.
 */
final class StepRing implements EngineListener {

    private final AtomicReferenceArray<StepReport> places;
    private final int mask;
    private final AtomicLong dropped = new AtomicLong();
    /** The engine thread's. */
    private long put;
    /** The taking thread's. */
    private long taken;

    /** @param capacity a power of two */
    StepRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two: " + capacity);
        }
        places = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    @Override
    public void stepEnded(StepReport report) {
        int place = (int) put & mask;
        if (places.getAcquire(place) == null) {
            places.setRelease(place, report);
            put++;
        } else {
            dropped.lazySet(dropped.getPlain() + 1);
        }
    }

    /** Takes out what is there; one thread at a time. */
    void take(Consumer<StepReport> to) {
        int place = (int) taken & mask;
        StepReport report = places.getAcquire(place);
        while (report != null) {
            places.setRelease(place, null);
            taken++;
            to.accept(report);
            place = (int) taken & mask;
            report = places.getAcquire(place);
        }
    }

    /** Reports that found no place. */
    long dropped() {
        return dropped.get();
    }
}
