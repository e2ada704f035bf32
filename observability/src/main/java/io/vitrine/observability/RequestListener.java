package io.vitrine.observability;

/**
 * Watches the HTTP life of requests: told once when each begins, and once when it is over. The server calls from one place,
 * for every request on the API port whatever its end, and never twice.
 *
 * <p>Called on the request's event loop, so from several threads at once for different requests. A listener is quick, does
 * no I/O and never throws.
 */
@FunctionalInterface
public interface RequestListener {

    /** Watches nothing. */
    RequestListener NONE = summary -> {};

    /** A request's head has arrived; {@link #ended} will follow. */
    default void started() {}

    /** The last byte was handed to the socket, or nobody waits for it any more. */
    void ended(RequestSummary summary);
}
