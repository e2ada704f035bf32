package io.vitrine.loadtest.measure;

/**
 * One condition under which a run's numbers may be trusted.
 *
 * @param measured in words, with unit
 * @param limit what is still good
 * @param meaning what follows from it; for the reader of a run that fails it
 */
public record Check(String name, Verdict verdict, String measured, String limit, String meaning) {

    /** How a check ended, from best to worst. */
    public enum Verdict {
        /** Too few data, or nothing to judge in such a run. */
        NOT_JUDGED,
        VALID,
        /** The numbers hold, with the reservation that the check names. */
        CAUTION,
        INVALID;

        public Verdict worse(Verdict other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }
}
