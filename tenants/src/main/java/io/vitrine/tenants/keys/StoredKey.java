package io.vitrine.tenants.keys;

/** A key as it is kept. */
public record StoredKey(KeyInfo info, KeyHash hash) {}
