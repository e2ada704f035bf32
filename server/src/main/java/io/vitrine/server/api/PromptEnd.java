package io.vitrine.server.api;

/** Where the prompt of a chat ends. */
public enum PromptEnd {
    /** Where an answer begins: {@code add_generation_prompt}. */
    ANSWER,
    /** Behind the last message. */
    BEHIND_LAST_MESSAGE,
    /** With the text of the last message, which the answer continues: {@code continue_final_message}. */
    IN_LAST_MESSAGE
}
