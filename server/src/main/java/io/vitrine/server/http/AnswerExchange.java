package io.vitrine.server.http;

import java.util.Optional;
import java.util.function.Function;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.inference.AnswerErrors;
import io.vitrine.server.inference.AnswerEvent;
import io.vitrine.server.inference.Generation;

/**
 * Leads one answer from the engine to the client: what the engine tells goes to the writer, until the answer is complete,
 * fails or nobody is left to read it. On the request's event loop.
 */
final class AnswerExchange implements Generation.Reader {

    private final RequestLife life;
    private final HttpServerResponse response;
    private final Generation generation;
    private final AnswerWriter writer;
    private boolean failed;

    /**
     * Nothing runs yet.
     *
     * @param generation makes the generation that tells this exchange
     */
    AnswerExchange(
            RequestLife life,
            HttpServerResponse response,
            AnswerWriter writer,
            Function<Generation.Reader, Generation> generation) {
        this.life = life;
        this.response = response;
        this.writer = writer;
        this.generation = generation.apply(this);
    }

    void start() {
        life.generationStarts(generation);
        try {
            generation.start();
        } catch (ApiException refusal) {
            fail(refusal);
        }
    }

    @Override
    public void admitted() {
        life.inferenceStarted();
    }

    @Override
    public void read(AnswerEvent event) {
        if (done()) {
            return;
        }
        Optional<ApiException> error =
                event instanceof AnswerEvent.Ended ended ? AnswerErrors.of(ended.reason()) : Optional.empty();
        error.ifPresentOrElse(this::fail, () -> writer.write(event, generation.usage()));
    }

    @Override
    public void batchEnded() {
        if (!done()) {
            if (generation.over()) {
                life.settle();
                writer.finish(generation.usage());
            } else {
                writer.flush();
            }
        }
        if (generation.over()) {
            life.generationEnded();
        }
    }

    private boolean done() {
        return failed || response.closed();
    }

    /** One choice's failure is the whole request's: the others are not answered in part. */
    private void fail(ApiException error) {
        failed = true;
        life.failed(error);
        generation.cancel();
        writer.fail(error);
    }
}
