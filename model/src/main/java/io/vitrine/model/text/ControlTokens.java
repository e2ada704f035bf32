package io.vitrine.model.text;

/** Where in a conversation the spelling of a control token ({@code <|im_end|>}) is that token. */
public enum ControlTokens {
    /** Where the chat template writes it; in a message it is text. */
    IN_TEMPLATE,
    /** In messages too: whoever writes one can end its turn and open another. */
    EVERYWHERE
}
