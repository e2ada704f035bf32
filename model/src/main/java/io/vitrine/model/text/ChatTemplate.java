package io.vitrine.model.text;

import java.util.List;

/** A model's own rule for writing a conversation as one prompt. Safe from several threads at once. */
@FunctionalInterface
public interface ChatTemplate {

    /**
     * The prompt.
     *
     * @throws ChatTemplateException if the template refuses this conversation (it may demand alternating roles, say)
     */
    ChatPrompt render(Conversation conversation);

    /** The prompt of messages alone, ending where the assistant's answer begins. */
    default ChatPrompt render(List<ChatMessage> messages) {
        return render(Conversation.of(messages));
    }

    /** The template's text; empty if there is none to look into. */
    default String source() {
        return "";
    }

    /** Whether the template looks at a variable of this name. */
    default boolean mentions(String variable) {
        return source().matches("(?s).*\\b" + variable + "\\b.*");
    }
}
