package io.vitrine.gpu;

/**
 * The state of the collector, with what made it so.
 *
 * @param state which
 * @param detail the code or the call behind it; empty when there is nothing to add
 * @param events whether events reach us
 */
public record CollectorStatus(CollectorState state, String detail, EventState events) {

    /** One sentence for a person: what, why, and the mend. */
    public String sentence() {
        String why = detail.isEmpty() ? "" : " (" + detail + ")";
        String mend = state.mend().isEmpty() ? "" : "; " + state.mend();
        return state.words() + why + mend;
    }
}
