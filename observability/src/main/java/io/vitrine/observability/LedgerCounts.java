package io.vitrine.observability;

import java.util.concurrent.atomic.LongAdder;

/** What became of the entries of the cost ledger. Any thread. */
public final class LedgerCounts {

    private final LongAdder written = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder late = new LongAdder();

    public void written() {
        written.increment();
    }

    public void lost() {
        lost.increment();
    }

    public void late() {
        late.increment();
    }

    public long writtenCount() {
        return written.sum();
    }

    /** Could not be written, and never will. */
    public long lostCount() {
        return lost.sum();
    }

    /** Not written yet when the answer was completed; counted as written or lost as well, later. */
    public long lateCount() {
        return late.sum();
    }
}
