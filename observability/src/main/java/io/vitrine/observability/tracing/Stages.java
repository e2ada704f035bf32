package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.observability.catalogue.SpanName;
import org.jspecify.annotations.Nullable;

/**
 * What a request goes through before the engine has it, stage by stage. A stage begins where the one before it ended, so that together
 * they cover that time. On the request's event loop, until it is {@linkplain #close closed}; what comes later is ignored.
 */
final class Stages {

    /** One stage; {@code broken} if the request ended in it. */
    record Stage(SpanName name, long endNanos, boolean broken) {}

    private final List<Stage> ended = new ArrayList<>();
    private @Nullable SpanName open;
    private boolean closed;

    /** The request is in this stage from now on; what it was in before ends. */
    void begin(SpanName stage, long atNanos) {
        endOpen(atNanos, false);
        if (!closed) {
            open = stage;
        }
    }

    /** A stage is over, which need not have been begun. */
    void end(SpanName stage, long atNanos) {
        end(stage, atNanos, false);
    }

    /** The same; {@code broken} if there is no answer because of it. */
    void end(SpanName stage, long atNanos, boolean broken) {
        if (open == stage) {
            endOpen(atNanos, broken);
        } else if (!closed) {
            endOpen(atNanos, false);
            ended.add(new Stage(stage, atNanos, broken));
        }
    }

    private void endOpen(long atNanos, boolean broken) {
        if (open != null) {
            ended.add(new Stage(open, atNanos, broken));
            open = null;
        }
    }

    /** Nothing follows: what is open ends here, and the request with it. */
    void close(long atNanos) {
        endOpen(atNanos, true);
        closed = true;
    }

    /** In order of time. */
    List<Stage> all() {
        return ended;
    }
}
