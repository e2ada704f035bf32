package io.vitrine.server.health;

import java.util.Locale;

/** How a component is. */
public enum Verdict {
    /** It works. */
    OK(true, true, false),
    /** It works and has nothing to do. */
    IDLE(true, true, false),
    /** It works on something, however long that takes for what it is. */
    BUSY(true, true, false),
    /** It is not there yet. */
    LOADING(true, false, false),
    /** The server is stopping. */
    DRAINING(true, false, false),
    /** It is not used by this server. */
    OFF(true, true, false),
    /** The engine's step makes no progress outside of the model. */
    WEDGED(false, false, true),
    /** The engine's step makes no progress inside of the model. */
    STUCK_CALL(false, false, true),
    /** The engine thread has ended. */
    DEAD(false, false, true),
    /** A request more would be refused. */
    FULL(false, true, false),
    /** The device cannot be used; a restart mends no card. */
    FAILED(false, false, false),
    /** Its latest work failed; requests are served all the same. */
    FAILING(false, true, false);

    private final String label = name().toLowerCase(Locale.ROOT);
    private final boolean healthy;
    private final boolean serving;
    private final boolean curedByRestart;

    Verdict(boolean healthy, boolean serving, boolean curedByRestart) {
        this.healthy = healthy;
        this.serving = serving;
        this.curedByRestart = curedByRestart;
    }

    /** As JSON writes it. */
    public String label() {
        return label;
    }

    /** False for a fault; loading and stopping are none. */
    public boolean healthy() {
        return healthy;
    }

    /** Whether requests can be answered with the component like this. */
    public boolean serving() {
        return serving;
    }

    /** Whether the process has to be started again. */
    public boolean curedByRestart() {
        return curedByRestart;
    }
}
