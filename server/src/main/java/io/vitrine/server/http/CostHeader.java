package io.vitrine.server.http;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.tenancy.Books;

/**
 * Says with an answer what it is charged, as {@code x-vitrine-cost: 0.00001234 USD}: in the head of a whole answer, behind the
 * last event of a streamed one. On the request's event loop.
 */
final class CostHeader {

    static final String NAME = "x-vitrine-cost";

    private static final String TRAILER = "trailer";

    private final boolean wanted;

    /** @param books say whether there is anything to tell */
    CostHeader(boolean switchedOn, Books books) {
        this.wanted = switchedOn && books.havePrices();
    }

    /** Before the head of a streamed answer. */
    void announce(HttpServerResponse response) {
        if (wanted) {
            response.putHeader(TRAILER, NAME);
        }
    }

    /** Once it is known, and before the answer is complete; nothing for a model without a price. */
    void tell(RequestLife life, HttpServerResponse response) {
        if (!wanted || response.closed() || response.ended()) {
            return;
        }
        life.price().ifPresent(price -> {
            if (response.headWritten()) {
                response.putTrailer(NAME, price.toString());
            } else {
                // An answer that is streamed so fast that its head waits still.
                response.headers().remove(TRAILER);
                response.putHeader(NAME, price.toString());
            }
        });
    }
}
