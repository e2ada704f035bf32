package io.vitrine.model.hub;

import java.io.PrintStream;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.terminal.ShownText;
import org.jspecify.annotations.Nullable;

/** A line each tenth of the transfer or each ten seconds, whichever comes first: for logs and pipes. */
final class ProgressLines implements DownloadProgress {

    private static final long LONGEST_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int TENTHS = 10;

    private final PrintStream out;
    private final NanoClock clock;

    private @Nullable Transfer transfer;
    private long doneBytes;
    private int printedTenths;
    private long printedNanos;

    ProgressLines(PrintStream out, NanoClock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public synchronized void started(String what, long alreadyDone, OptionalLong totalBytes) {
        transfer = new Transfer(what, alreadyDone, totalBytes, clock.nanoTime());
        doneBytes = alreadyDone;
        printedTenths = tenths(transfer);
        printedNanos = transfer.startedNanos();
        out.println(ShownText.escaped(what)
                + (totalBytes.isPresent() ? ": " + ByteCount.describe(totalBytes.getAsLong()) : "")
                + (alreadyDone > 0 ? ", " + ByteCount.describe(alreadyDone) + " already here" : ""));
    }

    @Override
    public synchronized void advanced(long nowDoneBytes) {
        doneBytes = nowDoneBytes;
        if (transfer == null) {
            return;
        }
        long now = clock.nanoTime();
        int tenths = tenths(transfer);
        if ((tenths > printedTenths && tenths < TENTHS) || now - printedNanos >= LONGEST_SILENCE_NANOS) {
            printedTenths = Math.max(tenths, printedTenths);
            printedNanos = now;
            out.println("  " + transfer.describe(doneBytes, now));
        }
    }

    @Override
    public synchronized void finished() {
        if (transfer != null) {
            out.println("  done: " + transfer.describeEnd(doneBytes, clock.nanoTime()));
            transfer = null;
        }
    }

    @Override
    public synchronized void note(String sentence) {
        out.println(ShownText.escapedLines(sentence));
    }

    private int tenths(Transfer current) {
        return (int) (TENTHS * current.fraction(doneBytes));
    }
}
