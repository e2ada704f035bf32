package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import io.vitrine.server.api.Completion;
import io.vitrine.server.api.PromptLogprob;
import io.vitrine.server.api.TokenLogprob;
import io.vitrine.server.api.Usage;
import org.jspecify.annotations.Nullable;

/** The answers of {@code /v1/completions}. */
public final class CompletionFormat implements AnswerFormat {

    private final AnswerHead head;
    private final GenerationPlan plan;

    public CompletionFormat(AnswerHead head, GenerationPlan plan) {
        this.head = head;
        this.plan = plan;
    }

    @Override
    public Object whole(List<WholeChoice> choices, Usage usage) {
        return completion(
                IntStream.range(0, choices.size())
                        .mapToObj(index -> choice(index, choices.get(index)))
                        .toList(),
                usage);
    }

    private Completion.Choice choice(int index, WholeChoice choice) {
        List<PromptScore> echoed = plan.promptScores().echoed() ? choice.prompt() : List.of();
        return new Completion.Choice(
                index,
                plan.promptOf(index).echo() + choice.text(),
                logprobs(index, echoed, choice.tokens()),
                FinishReasons.name(choice.end().reason()),
                FinishReasons.stopReason(choice.end()),
                plan.promptScores().listed() ? listed(choice.prompt()) : null);
    }

    private static List<@Nullable Map<String, PromptLogprob>> listed(List<PromptScore> prompt) {
        List<@Nullable Map<String, PromptLogprob>> listed = new ArrayList<>();
        prompt.forEach(score -> listed.add(score.logprob() == null ? null : score.listed()));
        return listed;
    }

    /** The prompt, if it is to be echoed. */
    @Override
    public Optional<Object> opening(int choice, @Nullable Usage usage) {
        String echo = plan.promptOf(choice).echo();
        // With its scores it is an event of its own.
        return echo.isEmpty() || plan.promptScores().echoed()
                ? Optional.empty()
                : Optional.of(completion(List.of(new Completion.Choice(choice, echo, null, null, null)), usage));
    }

    @Override
    public List<Object> events(AnswerEvent event, @Nullable Usage usage) {
        return List.of(event(event, usage));
    }

    private Object event(AnswerEvent event, @Nullable Usage usage) {
        boolean prompt = event instanceof AnswerEvent.Prompt;
        List<PromptScore> echoed = event instanceof AnswerEvent.Prompt scored ? scored.scores() : List.of();
        var choice = new Completion.Choice(
                event.choice(),
                prompt ? plan.promptOf(event.choice()).echo() : event.text(),
                logprobs(event.choice(), echoed, event.tokens()),
                FinishReasons.nameAtEnd(event),
                FinishReasons.stopReason(event));
        return completion(List.of(choice), usage);
    }

    @Override
    public Object usageEvent(Usage usage) {
        return completion(List.of(), usage);
    }

    private Completion completion(List<Completion.Choice> choices, @Nullable Usage usage) {
        return new Completion(
                head.id(), Completion.OBJECT, head.created(), head.model(), head.fingerprint(), choices, usage);
    }

    private Completion.@Nullable Logprobs logprobs(int choice, List<PromptScore> echoed, List<ScoredToken> tokens) {
        if (plan.options().topLogprobs().isEmpty()) {
            return null;
        }
        var logprobs =
                new Completion.Logprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (PromptScore score : echoed) {
            add(logprobs, score.text(), score.logprob(), score.textOffset());
        }
        int echoLength =
                plan.promptScores().echoed() ? plan.promptOf(choice).echo().length() : 0;
        for (ScoredToken token : tokens) {
            add(logprobs, token.logprob().token(), token.logprob(), echoLength + token.textOffset());
        }
        return logprobs;
    }

    private static void add(Completion.Logprobs logprobs, String text, @Nullable TokenLogprob score, int textOffset) {
        logprobs.tokens().add(text);
        logprobs.tokenLogprobs().add(score == null ? null : (Double) score.logprob());
        logprobs.topLogprobs().add(score == null ? null : topByText(score));
        logprobs.textOffset().add(textOffset);
    }

    /** Two tokens may look alike (halves of characters): the likelier one, which comes first, stays. */
    private static Map<String, Double> topByText(TokenLogprob token) {
        Map<String, Double> top = new LinkedHashMap<>();
        token.topLogprobs().forEach(other -> top.putIfAbsent(other.token(), other.logprob()));
        top.putIfAbsent(token.token(), token.logprob());
        return top;
    }
}
