package io.vitrine.observability.catalogue;

import java.util.Locale;

/** What became of a call of a tool, or of an answer that should have one. */
public enum ToolCallOutcome {
    /** Its arguments are complete. */
    COMPLETED,
    /** The answer ended before its arguments did: at its longest, or because the client left. */
    CUT_OFF,
    /** The answer is no call of the model's form. */
    MALFORMED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
