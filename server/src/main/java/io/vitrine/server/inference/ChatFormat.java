package io.vitrine.server.inference;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import io.vitrine.server.api.ChatCompletion;
import io.vitrine.server.api.ChatCompletionChunk;
import io.vitrine.server.api.ChatLogprobs;
import io.vitrine.server.api.Usage;
import org.jspecify.annotations.Nullable;

/** The answers of {@code /v1/chat/completions}. */
public final class ChatFormat implements AnswerFormat {

    private final AnswerHead head;
    private final boolean logprobs;

    public ChatFormat(AnswerHead head, GenerationPlan plan) {
        this.head = head;
        this.logprobs = plan.options().topLogprobs().isPresent();
    }

    @Override
    public Object whole(List<WholeChoice> choices, Usage usage) {
        return new ChatCompletion(
                head.id(),
                ChatCompletion.OBJECT,
                head.created(),
                head.model(),
                head.fingerprint(),
                IntStream.range(0, choices.size())
                        .mapToObj(index -> choice(index, choices.get(index)))
                        .toList(),
                usage);
    }

    private ChatCompletion.Choice choice(int index, WholeChoice choice) {
        return new ChatCompletion.Choice(
                index,
                ChatCompletion.Message.of(choice.text()),
                logprobs(choice.tokens()),
                FinishReasons.name(choice.end().reason()),
                FinishReasons.stopReason(choice.end()));
    }

    /** The role, once. */
    @Override
    public Optional<Object> opening(int choice, @Nullable Usage usage) {
        var delta = new ChatCompletionChunk.Delta("assistant", "");
        return Optional.of(chunk(List.of(new ChatCompletionChunk.Choice(choice, delta, null, null, null)), usage));
    }

    @Override
    public Object event(AnswerEvent event, @Nullable Usage usage) {
        String text = event instanceof AnswerEvent.Ended && event.text().isEmpty() ? null : event.text();
        var choice = new ChatCompletionChunk.Choice(
                event.choice(),
                new ChatCompletionChunk.Delta(null, text),
                logprobs(event.tokens()),
                FinishReasons.nameAtEnd(event),
                FinishReasons.stopReason(event));
        return chunk(List.of(choice), usage);
    }

    @Override
    public Object usageEvent(Usage usage) {
        return chunk(List.of(), usage);
    }

    private ChatCompletionChunk chunk(List<ChatCompletionChunk.Choice> choices, @Nullable Usage usage) {
        return new ChatCompletionChunk(
                head.id(),
                ChatCompletionChunk.OBJECT,
                head.created(),
                head.model(),
                head.fingerprint(),
                choices,
                usage);
    }

    private @Nullable ChatLogprobs logprobs(List<ScoredToken> tokens) {
        return logprobs
                ? new ChatLogprobs(tokens.stream().map(ScoredToken::logprob).toList())
                : null;
    }
}
