package io.vitrine.server.inference;

import java.util.Arrays;
import java.util.List;

import io.vitrine.model.text.Tokenizer;
import io.vitrine.server.api.CompletionRequest.TextPrompt;
import io.vitrine.server.api.CompletionRequest.TokenPrompt;
import io.vitrine.server.api.DetokenizeRequest;
import io.vitrine.server.api.PromptEnd;
import io.vitrine.server.api.TokenizeRequest;
import io.vitrine.tenants.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of a text or chat as the served model reads them, and the text of tokens. As long as a prompt may be; takes
 * time
 * that grows with the text. Any thread.
 */
public final class Tokenization {

    private final ServingState state;

    public Tokenization(ServingState state) {
        this.state = state;
    }

    /**
     * The tokens of a prompt or a conversation.
     *
     * @throws io.vitrine.server.api.ApiException if the model cannot answer it, or a prompt so long has no room
     */
    public TokenizeRequest.Tokens tokenize(TokenizeRequest request, Tenant tenant) {
        ServedModel model = model(request.model(), tenant);
        int[] ids = ids(request, model, new AnswerRoom(model.contextLength(), tenant.limits()));
        List<Integer> tokens = Arrays.stream(ids).boxed().toList();
        Tokenizer tokenizer = model.tokenizer();
        return new TokenizeRequest.Tokens(
                ids.length,
                model.contextLength(),
                tokens,
                request.tokenStrings() ? tokens.stream().map(tokenizer::token).toList() : null);
    }

    private static int[] ids(TokenizeRequest request, ServedModel model, AnswerRoom room) {
        PromptTokens prompts = new PromptTokens(model, room);
        if (request.prompt() == null) {
            return prompts.of(
                            request.messages(),
                            request.tools(),
                            request.templateVariables(),
                            request.addGenerationPrompt() ? PromptEnd.ANSWER : PromptEnd.BEHIND_LAST_MESSAGE)
                    .tokens();
        }
        room.requireRoom(model.tokenizer().fewestTokens(request.prompt()));
        return request.addSpecialTokens()
                ? prompts.of(new TextPrompt(request.prompt()))
                : model.tokenizer().encode(request.prompt(), false);
    }

    /**
     * The text of tokens.
     *
     * @throws io.vitrine.server.api.ApiException if an id is no token of the model, or there are too many
     */
    public TokenizeRequest.Text detokenize(DetokenizeRequest request, Tenant tenant) {
        ServedModel model = model(request.model(), tenant);
        new AnswerRoom(model.contextLength(), tenant.limits())
                .requireRoom(request.tokens().size());
        request.tokens().forEach(id -> model.requireToken("tokens", id));
        return new TokenizeRequest.Text(new PromptTokens(model, new AnswerRoom(model.contextLength(), tenant.limits()))
                .text(new TokenPrompt(request.tokens())));
    }

    private ServedModel model(@Nullable String name, Tenant tenant) {
        ServedModel model = state.requireModel();
        GenerationPlanner.requireAllowed(model, name == null ? model.name() : name, tenant);
        return model;
    }
}
