package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.grammar.tools.AnswerPart;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.Usage;
import io.vitrine.server.inference.AnswerEvent;
import io.vitrine.server.inference.AnswerFormat;
import io.vitrine.server.inference.PromptScore;
import io.vitrine.server.inference.ScoredToken;
import io.vitrine.server.inference.WholeChoice;
import org.jspecify.annotations.Nullable;

/** Gathers an answer and sends it at its end. */
final class WholeAnswerWriter implements AnswerWriter {

    /** As text and as JSON. */
    private static final long HEAP_PER_CHAR = 8;
    /** A token with its log probability, here and in JSON. */
    private static final long HEAP_PER_SCORE = 320;
    /** A piece of reasoning or of a call's arguments, beside its text. */
    private static final long HEAP_PER_PART = 96;

    private final HttpServerResponse response;
    private final AnswerFormat format;
    private final List<Gathered> choices = new ArrayList<>();
    private final AnswerMemory.Share memory;

    WholeAnswerWriter(HttpServerResponse response, AnswerFormat format, int choiceCount, AnswerMemory memory) {
        this.response = response;
        this.format = format;
        this.memory = memory.share();
        for (int choice = 0; choice < choiceCount; choice++) {
            choices.add(new Gathered());
        }
    }

    @Override
    public void open() {
        response.closeHandler(closed -> memory.release());
    }

    @Override
    public void write(AnswerEvent event, Usage usage) {
        if (!memory.holdMore(heapBytes(event))) {
            throw AnswerMemory.full();
        }
        choices.get(event.choice()).add(event);
    }

    @Override
    public void flush() {}

    @Override
    public void finish(Usage usage) {
        List<WholeChoice> whole = choices.stream().map(Gathered::whole).toList();
        // It may be long until the client has taken it.
        Responses.json(response, 200, format.whole(whole, usage)).onComplete(taken -> memory.release());
    }

    @Override
    public void fail(ApiException error) {
        memory.release();
        choices.clear();
        Responses.error(response, error);
    }

    /** What an event takes here and, at the end, as JSON. */
    private static long heapBytes(AnswerEvent event) {
        long bytes = HEAP_PER_CHAR * event.text().length();
        for (ScoredToken token : event.tokens()) {
            bytes += HEAP_PER_SCORE * (1L + token.logprob().topLogprobs().size());
        }
        for (AnswerPart part : event.parts()) {
            bytes += HEAP_PER_PART + HEAP_PER_CHAR * part.length();
        }
        if (event instanceof AnswerEvent.Prompt prompt) {
            for (PromptScore score : prompt.scores()) {
                bytes += 2 * HEAP_PER_SCORE * (1L + score.listed().size());
            }
        }
        return bytes;
    }

    private static final class Gathered {

        private final StringBuilder text = new StringBuilder();
        private final List<AnswerPart> parts = new ArrayList<>();
        private final List<ScoredToken> tokens = new ArrayList<>();
        private List<PromptScore> prompt = List.of();
        private AnswerEvent.@Nullable Ended end;

        void add(AnswerEvent event) {
            text.append(event.text());
            event.parts().stream()
                    .filter(part -> !(part instanceof AnswerPart.Text))
                    .forEach(parts::add);
            tokens.addAll(event.tokens());
            if (event instanceof AnswerEvent.Prompt scored) {
                prompt = scored.scores();
            }
            if (event instanceof AnswerEvent.Ended ended) {
                end = ended;
            }
        }

        WholeChoice whole() {
            return new WholeChoice(prompt, text.toString(), parts, tokens, Objects.requireNonNull(end));
        }
    }
}
