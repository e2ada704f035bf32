package io.vitrine.tenants.limits;

/** Which limit refused a request. */
public enum LimitReason {
    REQUESTS_PER_MINUTE,
    TOKENS_PER_MINUTE,
    CONCURRENT_REQUESTS,
    /** It asks for more tokens than a whole minute's: no wait helps. */
    REQUEST_TOO_LARGE
}
