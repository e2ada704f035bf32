package io.vitrine.server.inference;

import java.util.List;
import java.util.Map;

import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.ChatTemplateException;
import io.vitrine.model.text.Conversation;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest.Message;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.api.CompletionRequest.TextPrompt;
import io.vitrine.server.api.CompletionRequest.TokenPrompt;
import io.vitrine.server.api.PromptEnd;
import io.vitrine.server.tools.HermesPrompt;

/**
 * Prompts as the model's tokens. A text or list that cannot fit into the context is refused by its length, before it
 * is rendered or tokenised: the time that a request takes here is bounded by the context, not by what a client sends.
 */
final class PromptTokens {

    private final ServedModel model;
    private final AnswerRoom room;

    PromptTokens(ServedModel model, AnswerRoom room) {
        this.model = model;
        this.room = room;
    }

    /**
     * A conversation as the model reads it.
     *
     * @param text before it was tokenised
     */
    record Chat(int[] tokens, String text) {}

    /** Tokens of a conversation, by the model's own template. */
    Chat of(List<Message> messages, List<Object> tools, Map<String, Object> variables, PromptEnd end) {
        ChatTemplate template = model.chatTemplate()
                .orElseThrow(() -> ApiException.invalid(
                        "model", "the model '" + model.name() + "' has no chat template; use /v1/completions"));
        requireRoom(messages);
        List<ChatMessage> given = messages.stream()
                .map(message -> new ChatMessage(message.role(), message.content(), message.fields()))
                .toList();
        Conversation conversation = new Conversation(given, tools, variables, end == PromptEnd.ANSWER);
        ChatPrompt prompt =
                render(template, model.dialect().templateHasTools() ? conversation : HermesPrompt.of(conversation));
        if (end == PromptEnd.IN_LAST_MESSAGE) {
            prompt = upTo(prompt, messages.get(messages.size() - 1).content());
        }
        room.requireRoom(model.tokenizer().fewestTokens(prompt.text()));
        return new Chat(requireSome(model.tokenizer().encode(prompt), "messages"), prompt.text());
    }

    /**
     * Contents count as they were sent, though a template may leave a part of one out; a message without content
     * counts as one token.
     */
    private void requireRoom(List<Message> messages) {
        long fewest = 0;
        for (Message message : messages) {
            fewest += Math.max(1, model.tokenizer().fewestTokens(message.content()));
        }
        room.requireRoom(fewest);
    }

    private static ChatPrompt upTo(ChatPrompt prompt, String lastContent) {
        return prompt.endingWith(lastContent)
                .orElseThrow(
                        () -> ApiException.invalid(
                                "continue_final_message",
                                "the model's chat template does not write the last message as it is, so it cannot be continued"));
    }

    private static ChatPrompt render(ChatTemplate template, Conversation conversation) {
        try {
            return template.render(conversation);
        } catch (ChatTemplateException e) {
            throw ApiException.invalid("messages", "the model's chat template refuses the messages: " + e.getMessage());
        }
    }

    /** Tokens of a plain prompt. */
    int[] of(Prompt prompt) {
        if (prompt instanceof TextPrompt text) {
            room.requireRoom(model.tokenizer().fewestTokens(text.text()));
            return requireSome(model.tokenizer().encode(text.text(), true), "prompt");
        }
        room.requireRoom(((TokenPrompt) prompt).tokenIds().size());
        int[] ids = ids(prompt);
        for (int id : ids) {
            model.requireToken("prompt", id);
        }
        return ids;
    }

    /** Text of a plain prompt. */
    String text(Prompt prompt) {
        return prompt instanceof TextPrompt text
                ? text.text()
                : model.tokenizer().decode(ids(prompt));
    }

    private static int[] ids(Prompt prompt) {
        return ((TokenPrompt) prompt)
                .tokenIds().stream().mapToInt(Integer::intValue).toArray();
    }

    private static int[] requireSome(int[] tokens, String param) {
        if (tokens.length == 0) {
            throw ApiException.invalid(param, param + " must give at least one token");
        }
        return tokens;
    }
}
