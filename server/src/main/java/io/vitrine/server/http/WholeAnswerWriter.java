package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.Usage;
import io.vitrine.server.inference.AnswerEvent;
import io.vitrine.server.inference.AnswerFormat;
import io.vitrine.server.inference.ScoredToken;
import io.vitrine.server.inference.WholeChoice;
import org.jspecify.annotations.Nullable;

/** Gathers an answer and sends it at its end. */
final class WholeAnswerWriter implements AnswerWriter {

    private final HttpServerResponse response;
    private final AnswerFormat format;
    private final List<Gathered> choices = new ArrayList<>();

    WholeAnswerWriter(HttpServerResponse response, AnswerFormat format, int choiceCount) {
        this.response = response;
        this.format = format;
        for (int choice = 0; choice < choiceCount; choice++) {
            choices.add(new Gathered());
        }
    }

    @Override
    public void write(AnswerEvent event, Usage usage) {
        choices.get(event.choice()).add(event);
    }

    @Override
    public void flush() {}

    @Override
    public void finish(Usage usage) {
        List<WholeChoice> whole = choices.stream().map(Gathered::whole).toList();
        Responses.json(response, 200, format.whole(whole, usage));
    }

    @Override
    public void fail(ApiException error) {
        Responses.error(response, error);
    }

    private static final class Gathered {

        private final StringBuilder text = new StringBuilder();
        private final List<ScoredToken> tokens = new ArrayList<>();
        private AnswerEvent.@Nullable Ended end;

        void add(AnswerEvent event) {
            text.append(event.text());
            tokens.addAll(event.tokens());
            if (event instanceof AnswerEvent.Ended ended) {
                end = ended;
            }
        }

        WholeChoice whole() {
            return new WholeChoice(text.toString(), tokens, Objects.requireNonNull(end));
        }
    }
}
