package io.vitrine.tenants;

/** With whom a tenant shares computed prompts. */
public enum PrefixSharing {
    /** With all who share: saves most, but who measures times can learn what others ask. */
    SHARED,
    /** With nobody. */
    OWN
}
