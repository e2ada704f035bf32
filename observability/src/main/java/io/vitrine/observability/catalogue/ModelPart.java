package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Parts of the model whose time is read inside its program. */
public enum ModelPart {
    /** Linear layers of the attention. */
    PROJECTION,
    /** Rotary embedding, KV write, scores and weighted values. */
    ATTENTION,
    /** The feed-forward layers. */
    FEED_FORWARD,
    /** Hidden state to logits. */
    HEAD;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As meters write it. */
    public String label() {
        return label;
    }
}
