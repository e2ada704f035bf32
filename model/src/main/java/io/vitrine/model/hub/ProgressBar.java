package io.vitrine.model.hub;

import java.io.PrintStream;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.terminal.ShownText;
import org.jspecify.annotations.Nullable;

/** One line on a terminal, redrawn in place ten times a second at most. */
final class ProgressBar implements DownloadProgress {

    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int CELLS = 20;
    private static final String BACK_TO_EMPTY_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final NanoClock clock;

    private @Nullable Transfer transfer;
    private long doneBytes;
    private long drawnNanos;

    ProgressBar(PrintStream out, NanoClock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public synchronized void started(String what, long alreadyDone, OptionalLong totalBytes) {
        transfer = new Transfer(what, alreadyDone, totalBytes, clock.nanoTime());
        doneBytes = alreadyDone;
        out.println(ShownText.escaped(what));
        draw(transfer, transfer.startedNanos());
    }

    @Override
    public synchronized void advanced(long nowDoneBytes) {
        doneBytes = nowDoneBytes;
        long now = clock.nanoTime();
        if (transfer != null && now - drawnNanos >= REDRAW_NANOS) {
            draw(transfer, now);
        }
    }

    @Override
    public synchronized void finished() {
        if (transfer != null) {
            out.println(BACK_TO_EMPTY_LINE + "  " + bar(1) + "  " + transfer.describeEnd(doneBytes, clock.nanoTime()));
            out.flush();
            transfer = null;
        }
    }

    @Override
    public synchronized void note(String sentence) {
        String shown = ShownText.escapedLines(sentence);
        out.println(transfer == null ? shown : BACK_TO_EMPTY_LINE + shown);
        out.flush();
    }

    private void draw(Transfer current, long now) {
        drawnNanos = now;
        out.print(BACK_TO_EMPTY_LINE + "  " + bar(current.fraction(doneBytes)) + "  "
                + current.describe(doneBytes, now).strip());
        out.flush();
    }

    private static String bar(double fraction) {
        int full = (int) (CELLS * fraction);
        return String.format(Locale.ROOT, "[%s%s]", "#".repeat(full), ".".repeat(CELLS - full));
    }
}
