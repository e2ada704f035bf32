package io.vitrine.observability.catalogue;

import java.util.Locale;

import io.vitrine.model.engine.StepReport;

/** What a step of the engine computed. */
public enum StepPhase {
    /** Parts of prompts only. */
    PREFILL,
    /** One token for each running sequence. */
    DECODE,
    /** Both at once. */
    MIXED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The phase of a step. */
    public static StepPhase of(StepReport report) {
        if (report.prefillTokens() == 0) {
            return DECODE;
        }
        return report.decodeTokens() == 0 ? PREFILL : MIXED;
    }

    /** As meters write it. */
    public String label() {
        return label;
    }
}
