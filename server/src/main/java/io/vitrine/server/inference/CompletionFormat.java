package io.vitrine.server.inference;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import io.vitrine.server.api.Completion;
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
        return new Completion.Choice(
                index,
                plan.promptOf(index).echo() + choice.text(),
                logprobs(choice.tokens()),
                FinishReasons.name(choice.end().reason()),
                FinishReasons.stopReason(choice.end()));
    }

    /** The prompt, if it is to be echoed. */
    @Override
    public Optional<Object> opening(int choice, @Nullable Usage usage) {
        String echo = plan.promptOf(choice).echo();
        return echo.isEmpty()
                ? Optional.empty()
                : Optional.of(completion(List.of(new Completion.Choice(choice, echo, null, null, null)), usage));
    }

    @Override
    public Object event(AnswerEvent event, @Nullable Usage usage) {
        var choice = new Completion.Choice(
                event.choice(),
                event.text(),
                logprobs(event.tokens()),
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

    private Completion.@Nullable Logprobs logprobs(List<ScoredToken> tokens) {
        if (plan.options().topLogprobs().isEmpty()) {
            return null;
        }
        List<TokenLogprob> scores = tokens.stream().map(ScoredToken::logprob).toList();
        return new Completion.Logprobs(
                scores.stream().map(TokenLogprob::token).toList(),
                scores.stream().map(TokenLogprob::logprob).toList(),
                scores.stream().map(CompletionFormat::topByText).toList(),
                tokens.stream().map(ScoredToken::textOffset).toList());
    }

    /** Two tokens may look alike (halves of characters): the likelier one, which comes first, stays. */
    private static Map<String, Double> topByText(TokenLogprob token) {
        Map<String, Double> top = new LinkedHashMap<>();
        token.topLogprobs().forEach(other -> top.putIfAbsent(other.token(), other.logprob()));
        top.putIfAbsent(token.token(), token.logprob());
        return top;
    }
}
