package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.sampling.SamplingParams;
import io.vitrine.observability.Route;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest;
import io.vitrine.server.api.CompletionRequest;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.GenerationOptions;
import io.vitrine.server.config.ServerConfig.RequestLimits;
import io.vitrine.server.inference.GenerationPlan.Prompt;
import io.vitrine.tenants.Tenant;

/**
 * Checks a request against the model and says what the engine must do for it. Renders and tokenises, so it takes time that
 * grows with the prompt: not for an event loop. Any thread.
 */
public final class GenerationPlanner {

    /** What OpenAI's API promises for a completion that names no limit. */
    private static final int DEFAULT_COMPLETION_TOKENS = 16;

    private final ServingState state;
    private final RequestLimits limits;
    private final NanoClock clock;
    private final RandomGenerator seeds;

    /**
     * Plans for the model of {@code state}.
     *
     * @param seeds for requests that bring none; used by several threads at once
     */
    public GenerationPlanner(ServingState state, RequestLimits limits, NanoClock clock, RandomGenerator seeds) {
        this.state = state;
        this.limits = limits;
        this.clock = clock;
        this.seeds = seeds;
    }

    /**
     * The plan for a chat.
     *
     * @throws ApiException if the model cannot answer it
     */
    public GenerationPlan chat(ChatRequest request, String requestId, Tenant tenant) {
        ServedModel model = modelNamed(request.model(), tenant);
        int[] tokens = new PromptTokens(model).of(request.messages());
        return plan(
                Route.CHAT_COMPLETIONS,
                model,
                List.of(tokens),
                List.of(new Prompt(tokens.length, "")),
                request.options(),
                limits.defaultMaxTokens(),
                requestId,
                tenant);
    }

    /**
     * The plan for plain completions.
     *
     * @throws ApiException if the model cannot answer it
     */
    public GenerationPlan completion(CompletionRequest request, String requestId, Tenant tenant) {
        ServedModel model = modelNamed(request.model(), tenant);
        PromptTokens promptTokens = new PromptTokens(model);
        List<int[]> tokens = request.prompts().stream().map(promptTokens::of).toList();
        List<Prompt> prompts = new ArrayList<>();
        for (int index = 0; index < tokens.size(); index++) {
            String echo = request.echo() ? promptTokens.text(request.prompts().get(index)) : "";
            prompts.add(new Prompt(tokens.get(index).length, echo));
        }
        return plan(
                Route.COMPLETIONS,
                model,
                tokens,
                prompts,
                request.options(),
                DEFAULT_COMPLETION_TOKENS,
                requestId,
                tenant);
    }

    private ServedModel modelNamed(String name, Tenant tenant) {
        ServedModel model = state.requireModel();
        requireAllowed(model, name, tenant);
        return model;
    }

    /**
     * Requires that the name is the model's, and that the tenant may use it.
     *
     * @throws ApiException 404 or 403
     */
    public static void requireAllowed(ServedModel model, String name, Tenant tenant) {
        if (!model.name().equals(name)) {
            throw modelNotFound(name);
        }
        if (!tenant.mayUse(name)) {
            throw new ApiException(
                    ErrorReason.PERMISSION_DENIED,
                    "tenant " + tenant.id() + " may not use the model '" + name + "'",
                    "model",
                    "model_not_allowed");
        }
    }

    private static ApiException modelNotFound(String name) {
        String shown = name.length() <= 100 ? name : name.substring(0, 100) + "…";
        return new ApiException(
                ErrorReason.MODEL_NOT_FOUND,
                "there is no model '" + shown + "'; GET /v1/models lists those there are",
                "model",
                ErrorReason.MODEL_NOT_FOUND.code());
    }

    private GenerationPlan plan(
            Route route,
            ServedModel model,
            List<int[]> tokens,
            List<Prompt> prompts,
            GenerationOptions options,
            int defaultMaxTokens,
            String requestId,
            Tenant tenant) {
        options.logitBias().keySet().forEach(tokenId -> model.requireToken("logit_bias", tokenId));
        long deadline = clock.nanoTime() + limits.requestTimeout().toNanos();
        long seed = options.seed().orElseGet(seeds::nextLong);
        List<GenerationRequest> sequences = new ArrayList<>();
        for (int[] prompt : tokens) {
            int maxTokens = new AnswerRoom(model.contextLength(), tenant.limits())
                    .maxTokens(prompt.length, options.maxTokens(), defaultMaxTokens);
            for (int choice = 0; choice < options.choices(); choice++) {
                sequences.add(new GenerationRequest(
                        requestId,
                        prompt,
                        maxTokens,
                        options.ignoreEndOfText() ? Set.of() : model.endOfTextIds(),
                        sampling(options, seed + choice),
                        options.topLogprobs().orElse(GenerationRequest.NO_LOGPROBS),
                        deadline,
                        PriorityClass.valueOf(tenant.priority().name()),
                        tenant.prefixSalt()));
            }
        }
        return new GenerationPlan(route, model, prompts, options, sequences);
    }

    static ApiException tooLong(String message) {
        return new ApiException(
                ErrorReason.CONTEXT_LENGTH_EXCEEDED, message, null, ErrorReason.CONTEXT_LENGTH_EXCEEDED.code());
    }

    private static SamplingParams sampling(GenerationOptions options, long seed) {
        return new SamplingParams(
                options.temperature(),
                options.topK(),
                options.topP(),
                options.minP(),
                options.repetitionPenalty(),
                options.presencePenalty(),
                options.frequencyPenalty(),
                options.logitBias(),
                seed);
    }
}
