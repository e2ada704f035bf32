package io.vitrine.tenants.keys;

/** Why a key is not good for what is asked. */
public enum KeyRefusal {
    /** It cannot be a key: mistyped, cut off, or another service's. */
    MALFORMED,
    /** No such key was ever made here, or its secret is wrong. */
    UNKNOWN,
    /** Its time is over. */
    EXPIRED,
    /** Someone took it back. */
    REVOKED,
    /** A good key, but for other things. */
    MISSING_SCOPE
}
