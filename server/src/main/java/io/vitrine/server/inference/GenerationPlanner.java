package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import io.vitrine.grammar.tools.AnswerForm;
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
import io.vitrine.server.constraint.Constraints.Compiled;
import io.vitrine.server.constraint.GrammarConstraint;
import io.vitrine.server.inference.GenerationPlan.Prompt;
import io.vitrine.server.inference.GenerationPlan.PromptScores;
import io.vitrine.server.tenancy.Demand;
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
     * @param abandoned whether nobody waits for the plan any more; looked at between parts that take long
     * @throws ApiException if the model cannot answer it
     * @throws CancellationException if it is abandoned
     */
    public GenerationPlan chat(ChatRequest request, String requestId, Tenant tenant, BooleanSupplier abandoned) {
        ServedModel model = modelNamed(request.model(), tenant);
        requirePlaces(model, 1, request.options().choices());
        requireTokens(model, request.options());
        AnswerRoom room = new AnswerRoom(model.contextLength(), tenant.limits());
        ChatPlan chat = new ChatPlan(model, request);
        PromptTokens.Chat prompt = chat.prompt(new PromptTokens(model, room));
        int[] tokens = prompt.tokens();
        AnswerForm form = chat.form(prompt);
        requireWaitedFor(abandoned);
        Optional<Compiled> constraint = chat.constraint(form);
        requireWaitedFor(abandoned);
        List<GenerationRequest> sequences = new Sequences(
                        model, room, request.options(), constraint.map(Compiled::constraint), requestId, tenant)
                .answering(List.of(tokens), OptionalInt.empty(), limits.defaultMaxTokens());
        return new GenerationPlan(
                Route.CHAT_COMPLETIONS,
                model,
                List.of(new Prompt(tokens.length, "")),
                request.options(),
                PromptScores.NONE,
                constraint,
                chat.reading(form),
                sequences);
    }

    /**
     * The plan for plain completions.
     *
     * @param abandoned whether nobody waits for the plan any more; looked at between prompts
     * @throws ApiException if the model cannot answer it
     * @throws CancellationException if it is abandoned
     */
    public GenerationPlan completion(
            CompletionRequest request, String requestId, Tenant tenant, BooleanSupplier abandoned) {
        ServedModel model = modelNamed(request.model(), tenant);
        requirePlaces(model, request.prompts().size(), request.options().choices());
        requireTokens(model, request.options());
        AnswerRoom room = new AnswerRoom(model.contextLength(), tenant.limits());
        Optional<Compiled> constraint = constraint(model, request.options(), abandoned);
        PromptTokens promptTokens = new PromptTokens(model, room);
        List<int[]> tokens = new ArrayList<>();
        List<Prompt> prompts = new ArrayList<>();
        for (CompletionRequest.Prompt prompt : request.prompts()) {
            requireWaitedFor(abandoned);
            int[] ids = promptTokens.of(prompt);
            tokens.add(ids);
            prompts.add(new Prompt(ids.length, request.echo() ? promptTokens.text(prompt) : ""));
        }
        List<GenerationRequest> sequences = new Sequences(
                        model, room, request.options(), constraint.map(Compiled::constraint), requestId, tenant)
                .answering(tokens, request.scoredPrompt(), DEFAULT_COMPLETION_TOKENS);
        return new GenerationPlan(
                Route.COMPLETIONS,
                model,
                prompts,
                request.options(),
                new PromptScores(
                        request.echo() && request.options().topLogprobs().isPresent(),
                        request.promptLogprobs().isPresent()),
                constraint,
                AnswerReading.TEXT,
                sequences);
    }

    /** A request of more answers than the engine ever holds would be told again and again to come back. */
    private static void requirePlaces(ServedModel model, int prompts, int choices) {
        long answers = (long) prompts * choices;
        int capacity = model.engine().capacity();
        if (answers > capacity) {
            throw ApiException.invalid(
                    prompts > 1 ? "prompt" : "n",
                    "a request must not ask for more answers than can run and wait at once, " + capacity
                            + " (engine.slots and queue.limit): " + answers + ", of " + prompts
                            + (prompts == 1 ? " prompt" : " prompts") + " with n " + choices);
        }
    }

    private static void requireWaitedFor(BooleanSupplier abandoned) {
        if (abandoned.getAsBoolean()) {
            throw new CancellationException("the client has left");
        }
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

    /** Before the prompt is tokenised, which costs more. */
    private static void requireTokens(ServedModel model, GenerationOptions options) {
        options.logitBias().keySet().forEach(tokenId -> model.requireToken("logit_bias", tokenId));
        options.stops().tokenIds().forEach(tokenId -> model.requireToken("stop_token_ids", tokenId));
    }

    /** Bounded by the limits of constraints, whatever is stated. */
    private static Optional<Compiled> constraint(
            ServedModel model, GenerationOptions options, BooleanSupplier abandoned) {
        requireWaitedFor(abandoned);
        return options.constraint().map(model.constraints()::compile);
    }

    private static ApiException modelNotFound(String name) {
        String shown = name.length() <= 100 ? name : name.substring(0, 100) + "…";
        return new ApiException(
                ErrorReason.MODEL_NOT_FOUND,
                "there is no model '" + shown + "'; GET /v1/models lists those there are",
                "model",
                ErrorReason.MODEL_NOT_FOUND.code());
    }

    /** What the engine is asked for to answer one request. */
    private final class Sequences {

        private final ServedModel model;
        private final AnswerRoom room;
        private final GenerationOptions options;
        private final Optional<GrammarConstraint> constraint;
        private final String requestId;
        private final Tenant tenant;

        Sequences(
                ServedModel model,
                AnswerRoom room,
                GenerationOptions options,
                Optional<GrammarConstraint> constraint,
                String requestId,
                Tenant tenant) {
            this.model = model;
            this.room = room;
            this.options = options;
            this.constraint = constraint;
            this.requestId = requestId;
            this.tenant = tenant;
        }

        /**
         * By choice.
         *
         * @param scoredPrompt alternatives to report of each token of the prompts; empty if none is scored
         */
        List<GenerationRequest> answering(List<int[]> prompts, OptionalInt scoredPrompt, int defaultMaxTokens) {
            long deadline = clock.nanoTime() + limits.requestTimeout().toNanos();
            long seed = options.seed().orElseGet(seeds::nextLong);
            long rateRoom = Demand.answerTokensWithin(
                    tenant.limits().tokensPerMinute(),
                    prompts.stream().mapToLong(prompt -> prompt.length).sum(),
                    prompts.size() * options.choices());
            List<GenerationRequest> sequences = new ArrayList<>();
            for (int[] prompt : prompts) {
                int maxTokens = room.maxTokens(prompt.length, options, defaultMaxTokens, rateRoom);
                for (int choice = 0; choice < options.choices(); choice++) {
                    sequences.add(new GenerationRequest(
                            requestId,
                            prompt,
                            maxTokens,
                            endOfTextIds(),
                            options.ignoreEndOfText() ? maxTokens : Math.min(options.minTokens(), maxTokens),
                            constraint.orElse(null),
                            sampling(options, ChoiceSeed.of(seed, choice)),
                            options.topLogprobs().orElse(GenerationRequest.NO_LOGPROBS),
                            scoredPrompt.orElse(GenerationRequest.NO_LOGPROBS),
                            deadline,
                            PriorityClass.valueOf(tenant.priority().name()),
                            scoredPrompt.isPresent() ? saltOfItsOwn() : tenant.prefixSalt()));
                }
            }
            return sequences;
        }

        /** With a constraint, the end of the text is the only token left where nothing else may follow. */
        private Set<Integer> endOfTextIds() {
            Set<Integer> ids = new HashSet<>(options.stops().tokenIds());
            if (!options.ignoreEndOfText() || constraint.isPresent()) {
                ids.addAll(model.endOfTextIds());
            }
            return ids;
        }

        /** What is found in the prefix cache is not computed, so it has no score. */
        private String saltOfItsOwn() {
            return Long.toHexString(seeds.nextLong()) + Long.toHexString(seeds.nextLong());
        }
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
