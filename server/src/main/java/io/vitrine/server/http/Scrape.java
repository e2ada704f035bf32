package io.vitrine.server.http;

import java.nio.charset.StandardCharsets;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vitrine.observability.metrics.Exposition;

/** All meters at one moment, as they go to a scraper. */
record Scrape(String contentType, Buffer body, boolean gzip) {

    /** Compresses the text if that is wanted; takes time, not for an event loop. */
    static Scrape of(Exposition text, boolean gzip) {
        byte[] plain = text.body().getBytes(StandardCharsets.UTF_8);
        return new Scrape(text.contentType(), Buffer.buffer(gzip ? ContentCoding.gzip(plain) : plain), gzip);
    }

    void writeTo(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .putHeader(HttpHeaders.VARY, "accept-encoding, accept");
        if (gzip) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        response.end(body);
    }
}
