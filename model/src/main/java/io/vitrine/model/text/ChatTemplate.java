package io.vitrine.model.text;

import java.util.List;

/** A model's own rule for writing a conversation as one prompt. Safe from several threads at once. */
public interface ChatTemplate {

    /**
     * The prompt, ending where the assistant's answer begins.
     *
     * @throws ChatTemplateException if the template refuses these messages (it may demand alternating roles, say)
     */
    ChatPrompt render(List<ChatMessage> messages);
}
