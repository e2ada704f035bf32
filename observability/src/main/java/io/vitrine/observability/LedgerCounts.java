package io.vitrine.observability;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/** What became of the entries of the cost ledger. Any thread. */
public final class LedgerCounts {

    private final LongAdder written = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder late = new LongAdder();
    private volatile @Nullable String trouble;

    public void written() {
        trouble = null;
        written.increment();
    }

    public void lost(Throwable cause) {
        trouble = "the latest entry was lost: " + cause;
        lost.increment();
    }

    public void late() {
        trouble = "the latest entry was not durable when its answer was complete";
        late.increment();
    }

    /** What is wrong with the ledger; empty once an entry is written again. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
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
