package io.vitrine.server.history;

import java.util.Locale;

/** Where the time of a request went, as a person asks for it: each moment belongs to one phase. */
public enum Phase {
    GATEWAY("handling the request between its stages"),
    SLOW_UPLOAD("waiting for the client to send the body"),
    PREPARATION("checking, rendering and tokenising the prompt"),
    QUEUE("waiting for a slot in the batch"),
    PREFILL("computing its own prompt"),
    DECODE("generating its own tokens"),
    NEIGHBOUR_PREFILL("waiting for the prompts of others in the same steps"),
    PREEMPTION("giving its place up, waiting again and being computed again"),
    GC_PAUSE("stopped by the garbage collector"),
    SLOW_CLIENT("waiting for the client to take the answer"),
    LEDGER("waiting for the ledger");

    private final String words;

    Phase(String words) {
        this.words = words;
    }

    /** As in answers: {@code neighbour_prefill}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String words() {
        return words;
    }
}
