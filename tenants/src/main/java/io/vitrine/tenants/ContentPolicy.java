package io.vitrine.tenants;

/** Whether a tenant's prompts and answers may be written down. */
public enum ContentPolicy {
    /** Nowhere. */
    NEVER,
    /** In logs and traces, after redaction by rule: the tenant has asked for it. */
    REDACTED
}
