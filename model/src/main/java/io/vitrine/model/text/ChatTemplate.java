package io.vitrine.model.text;

import java.util.List;

/** A model's own rule for writing a conversation as one prompt. Safe from several threads at once. */
public interface ChatTemplate {

    /**
     * The prompt, ending where the assistant's answer begins.
     *
     * @throws ChatTemplateException if the template refuses these messages (it may demand alternating roles, say)
     */
    String render(List<ChatMessage> messages);

    /** Whether the template treats messages of this role in a way of their own. */
    default boolean names(String role) {
        return false;
    }
}
