package io.vitrine.tenants.cost;

/** What decides between the tiers of a price. */
public enum TierKind {
    /** The length of the request's own prompt. */
    INPUT_TOKENS,
    /** The tokens that the tenant has used in this UTC month before the request. */
    MONTH_TOKENS
}
