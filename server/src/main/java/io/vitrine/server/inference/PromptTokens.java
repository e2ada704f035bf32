package io.vitrine.server.inference;

import java.util.List;

import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.ChatTemplateException;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest.Message;
import io.vitrine.server.api.CompletionRequest.Prompt;
import io.vitrine.server.api.CompletionRequest.TextPrompt;
import io.vitrine.server.api.CompletionRequest.TokenPrompt;

/** What was asked, as the model's tokens. */
final class PromptTokens {

    private final ServedModel model;

    PromptTokens(ServedModel model) {
        this.model = model;
    }

    /** Tokens of a conversation, by the model's own template. */
    int[] of(List<Message> messages) {
        ChatTemplate template = model.chatTemplate()
                .orElseThrow(() -> ApiException.invalid(
                        "model", "the model '" + model.name() + "' has no chat template; use /v1/completions"));
        List<ChatMessage> conversation = messages.stream()
                .map(message -> new ChatMessage(message.role(), message.content()))
                .toList();
        return requireSome(model.tokenizer().encode(render(template, conversation)), "messages");
    }

    private static ChatPrompt render(ChatTemplate template, List<ChatMessage> conversation) {
        try {
            return template.render(conversation);
        } catch (ChatTemplateException e) {
            throw ApiException.invalid("messages", "the model's chat template refuses the messages: " + e.getMessage());
        }
    }

    /** Tokens of a plain prompt. */
    int[] of(Prompt prompt) {
        if (prompt instanceof TextPrompt text) {
            return requireSome(model.tokenizer().encode(text.text(), true), "prompt");
        }
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
