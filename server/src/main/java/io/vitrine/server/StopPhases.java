package io.vitrine.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The phases of a stop, one after the other, none longer than its limit: one that hangs is named, left behind and does not keep the next
 * from its work. Each runs on a daemon thread of its own. For one thread, but for {@link #current}.
 */
final class StopPhases {

    /** Standard error may be blocked, too. */
    private static final long SAY_MILLIS = 300;

    private static final int SHOWN_FRAMES = 12;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile String current = "none";
    private volatile boolean hung;

    /**
     * Runs a phase.
     *
     * @return whether it ended within {@code limit} and did not throw
     */
    boolean run(String name, Duration limit, Runnable work) {
        current = name;
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) { // an Error as well: the phases after this one matter more
                        thrown.set(e);
                    }
                },
                "vitrine-stop-" + name.replace(' ', '-'));
        thread.setDaemon(true);
        thread.start();
        join(thread, limit);
        if (thread.isAlive()) {
            hung = true;
            say("stop: " + name + " has not ended within " + limit.toMillis() + " ms, going on without it"
                    + stack(thread));
            return false;
        }
        Throwable cause = thrown.get();
        if (cause != null) {
            failure.compareAndSet(null, cause);
            say("stop: " + name + " failed: " + cause);
        }
        return cause == null;
    }

    private static void join(Thread thread, Duration limit) {
        try {
            thread.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The phase that runs, or ran last. */
    String current() {
        return current;
    }

    /** What the first phase that failed threw. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Whether every phase has ended and none has thrown. */
    boolean orderly() {
        return !hung && failure.get() == null;
    }

    /** Writes a line to standard error, and does not wait for a reader of it. */
    static void say(String line) {
        Thread writer = new Thread(
                () -> {
                    System.err.println(line);
                    System.err.flush();
                },
                "vitrine-stop-line");
        writer.setDaemon(true);
        writer.start();
        join(writer, Duration.ofMillis(SAY_MILLIS));
    }

    private static String stack(Thread thread) {
        StringBuilder lines = new StringBuilder();
        StackTraceElement[] frames = thread.getStackTrace();
        for (int i = 0; i < Math.min(SHOWN_FRAMES, frames.length); i++) {
            lines.append(System.lineSeparator()).append("    at ").append(frames[i]);
        }
        return lines.toString();
    }
}
