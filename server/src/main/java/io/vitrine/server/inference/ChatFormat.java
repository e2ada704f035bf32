package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.vitrine.grammar.tools.AnswerPart;
import io.vitrine.server.api.ChatCompletion;
import io.vitrine.server.api.ChatCompletion.ToolCall;
import io.vitrine.server.api.ChatCompletionChunk;
import io.vitrine.server.api.ChatCompletionChunk.Delta;
import io.vitrine.server.api.ChatLogprobs;
import io.vitrine.server.api.Usage;
import org.jspecify.annotations.Nullable;

/** The answers of {@code /v1/chat/completions}. */
public final class ChatFormat implements AnswerFormat {

    private final AnswerHead head;
    private final boolean logprobs;
    private final Supplier<String> callId;

    public ChatFormat(AnswerHead head, GenerationPlan plan) {
        this.head = head;
        this.logprobs = plan.options().topLogprobs().isPresent();
        this.callId = plan.reading().form().format().hasShortIds() ? CallIds::shortId : CallIds::usualId;
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
                message(choice),
                logprobs(choice.tokens()),
                FinishReasons.chatName(choice.end()),
                FinishReasons.stopReason(choice.end()));
    }

    private ChatCompletion.Message message(WholeChoice choice) {
        StringBuilder reasoning = new StringBuilder();
        List<String> names = new ArrayList<>();
        List<StringBuilder> arguments = new ArrayList<>();
        for (AnswerPart part : choice.parts()) {
            if (part instanceof AnswerPart.Reasoning piece) {
                reasoning.append(piece.text());
            } else if (part instanceof AnswerPart.CallStarted call) {
                names.add(call.name());
                arguments.add(new StringBuilder());
            } else if (part instanceof AnswerPart.Arguments piece) {
                arguments.get(piece.index()).append(piece.json());
            }
        }
        List<ToolCall> calls = IntStream.range(0, names.size())
                .mapToObj(call -> ToolCall.of(
                        callId.get(), names.get(call), arguments.get(call).toString()))
                .toList();
        boolean silent = choice.text().isEmpty() && !choice.parts().isEmpty();
        return new ChatCompletion.Message(
                "assistant",
                silent ? null : choice.text(),
                null,
                reasoning.isEmpty() ? null : reasoning.toString(),
                calls.isEmpty() ? null : calls);
    }

    /** The role, once. */
    @Override
    public Optional<Object> opening(int choice, @Nullable Usage usage) {
        return Optional.of(
                chunk(List.of(new ChatCompletionChunk.Choice(choice, Delta.opening(), null, null, null)), usage));
    }

    /** A record for each part, since clients take one piece of a call at a time. */
    @Override
    public List<Object> events(AnswerEvent event, @Nullable Usage usage) {
        List<Delta> deltas = new ArrayList<>();
        if (event.parts().isEmpty()) {
            deltas.add(event.text().isEmpty() ? Delta.NOTHING : Delta.text(event.text()));
        } else {
            event.parts().forEach(part -> deltas.add(delta(part)));
        }
        List<Object> chunks = new ArrayList<>();
        for (int index = 0; index < deltas.size(); index++) {
            boolean last = index == deltas.size() - 1 && event instanceof AnswerEvent.Ended;
            var choice = new ChatCompletionChunk.Choice(
                    event.choice(),
                    deltas.get(index),
                    logprobs(index == 0 ? event.tokens() : List.of()),
                    last ? FinishReasons.chatName((AnswerEvent.Ended) event) : null,
                    last ? FinishReasons.stopReason(event) : null);
            chunks.add(chunk(List.of(choice), usage));
        }
        return chunks;
    }

    private Delta delta(AnswerPart part) {
        if (part instanceof AnswerPart.Reasoning reasoning) {
            return Delta.reasoning(reasoning.text());
        } else if (part instanceof AnswerPart.CallStarted call) {
            return Delta.call(ChatCompletionChunk.ToolCall.started(call.index(), callId.get(), call.name()));
        } else if (part instanceof AnswerPart.Arguments piece) {
            return Delta.call(ChatCompletionChunk.ToolCall.arguments(piece.index(), piece.json()));
        }
        return Delta.text(((AnswerPart.Text) part).text());
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
