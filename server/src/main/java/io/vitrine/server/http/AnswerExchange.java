package io.vitrine.server.http;

import java.util.Optional;
import java.util.function.Function;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.inference.AnswerErrors;
import io.vitrine.server.inference.AnswerEvent;
import io.vitrine.server.inference.Generation;
import org.jspecify.annotations.Nullable;

/**
 * Leads one answer from the engine to the client: what the engine tells goes to the writer, until the answer is complete,
 * fails or nobody is left to read it. On the request's event loop.
 */
final class AnswerExchange implements Generation.Reader {

    private final RequestLife life;
    private final HttpServerResponse response;
    private final Generation generation;
    private final AnswerWriter writer;
    private final CostHeader costs;
    private @Nullable ApiException failure;
    private boolean told;
    private boolean finishing;

    /**
     * Nothing runs yet.
     *
     * @param generation makes the generation that tells this exchange
     */
    AnswerExchange(
            RequestLife life,
            HttpServerResponse response,
            AnswerWriter writer,
            CostHeader costs,
            Function<Generation.Reader, Generation> generation) {
        this.life = life;
        this.response = response;
        this.writer = writer;
        this.costs = costs;
        this.generation = generation.apply(this);
    }

    void start() {
        life.generationStarts(generation);
        try {
            generation.start();
        } catch (ApiException refusal) {
            refuse(refusal);
            return;
        }
        writer.open();
    }

    /** At once: the engine took no choice in, so nothing has to end first. */
    private void refuse(ApiException refusal) {
        told = true;
        stop(refusal);
        writer.fail(refusal);
        if (generation.over()) {
            finish();
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
        error.ifPresentOrElse(this::fail, () -> write(event));
    }

    private void write(AnswerEvent event) {
        try {
            writer.write(event, generation.usage());
        } catch (ApiException noMemory) {
            fail(noMemory);
        }
    }

    @Override
    public void batchEnded() {
        if (generation.over()) {
            finish();
        } else if (!done()) {
            writer.flush();
        }
    }

    private boolean done() {
        return failure != null || response.closed();
    }

    /**
     * One choice's failure is the whole request's: the others are not answered in part. The answer says so once they have
     * ended, within a step, since what they used is to be written down first.
     */
    private void fail(ApiException error) {
        stop(error);
        if (generation.over()) {
            finish();
        }
    }

    private void stop(ApiException error) {
        failure = error;
        life.failed(error);
        generation.cancel();
    }

    /** Completes the answer after its cost is written down: what the client has seen complete is in the books. */
    private void finish() {
        if (finishing) {
            return;
        }
        finishing = true;
        long settleNanos = life.now();
        life.settle().onComplete(settled -> {
            life.settled(settleNanos);
            if (!told && !response.closed()) {
                complete(failure);
            }
            life.generationEnded();
        });
    }

    private void complete(@Nullable ApiException error) {
        if (error == null) {
            costs.tell(life, response);
            writer.finish(generation.usage());
        } else {
            writer.fail(error);
        }
    }
}
