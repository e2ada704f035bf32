package io.vitrine.tenants.keys;

/** What {@link KeyRing#verify} says of a key. */
public sealed interface KeyVerdict {

    /** Good for what was asked. */
    record Valid(KeyInfo key) implements KeyVerdict {}

    /**
     * Not good.
     *
     * @param message says so to the caller, and gives nothing away that the caller did not hold
     */
    record Refused(KeyRefusal reason, String message) implements KeyVerdict {}
}
