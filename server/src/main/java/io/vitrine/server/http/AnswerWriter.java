package io.vitrine.server.http;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.Usage;
import io.vitrine.server.inference.AnswerEvent;

/** Brings an answer to the client: as a whole or as events. On the request's event loop. */
interface AnswerWriter {

    /** The engine has taken every choice in: from now on there is an answer. First. */
    void open();

    /**
     * Takes what happened; no choice has failed.
     *
     * @param usage after it
     * @throws ApiException if there is no memory for it
     */
    void write(AnswerEvent event, Usage usage);

    /** No more is there for now. */
    void flush();

    /** Every choice has ended well; last. */
    void finish(Usage usage);

    /** The answer will not be complete; last. */
    void fail(ApiException error);
}
