package io.vitrine.observability;

import java.util.Optional;

/**
 * What a request says before its body.
 *
 * @param requestId as in the answer's {@code x-request-id}
 * @param path without the query, which may hold anything
 * @param protocolVersion of HTTP, such as {@code 1.1}
 * @param serverAddress the name the client knows the server by; empty if it named none
 * @param clientAddress who connected; empty if it has gone
 * @param traceWish what its {@value #TRACE_HEADER} header says
 * @param startNanos when it had arrived, on the engine's clock
 */
public record RequestHead(
        String requestId,
        String method,
        String scheme,
        String path,
        String protocolVersion,
        String serverAddress,
        int serverPort,
        String clientAddress,
        Optional<String> userAgent,
        Optional<String> traceWish,
        long startNanos) {

    /** Asks for more or for a trace to be kept, where the tenant may. */
    public static final String TRACE_HEADER = "x-vitrine-trace";

    /** Every step of the engine is to be seen for itself; such a trace is kept. */
    public static final String DETAILED = "detailed";

    /** The trace is to be kept. */
    public static final String KEEP = "keep";
}
