package io.vitrine.server.http;

import java.time.Duration;

import io.vertx.core.Vertx;

/**
 * Makes the readers of bodies of one server, which share its memory for them.
 *
 * @param timeout longest time for a body
 * @param contendedTimeout the same while other bodies wait for memory
 */
record BodyReaders(Vertx vertx, BodyMemory memory, Duration timeout, Duration contendedTimeout) {

    BodyReader upTo(int maxBytes) {
        return new BodyReader(this, maxBytes);
    }
}
