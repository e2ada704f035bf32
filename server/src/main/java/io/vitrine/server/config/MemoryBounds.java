package io.vitrine.server.config;

import java.util.List;

import io.vitrine.server.config.ServerConfig.ConnectionConfig;
import io.vitrine.server.config.ServerConfig.HttpConfig;

/** What clients can make the heap hold at most, by the configuration; docs/reliability.md shows it for the defaults. */
public final class MemoryBounds {

    /** Heap for each byte of a body until its planning has ended; docs/reliability.md says what it is made of. */
    public static final int HEAP_PER_BODY_BYTE = 16;

    /** What Vert.x has read of a body before it stops reading: nine chunks of 8 KiB and what one read brings. */
    public static final int UNREAD_BODY_BYTES = 144 << 10;

    /** Bodies that wait for memory. */
    public static final int WAITING_BODIES = 64;

    private static final int LARGE_PARTS = 3;
    private static final int PARTS = 4;

    /** 131 072 empty objects, the most that a body's JSON may have, take 88 bytes each. */
    private static final long PARSED_JSON_BYTES = 12L << 20;
    /** An entry of a map of headers, its name and its value. */
    private static final int HEADER_BYTES = 152;
    /** Written, and not yet taken by the operating system. */
    private static final int WRITE_QUEUE_BYTES = 32 << 10;

    /** A job of the pool, and what the request holds meanwhile. */
    private static final int PLAN_BYTES = 4 << 10;

    private static final int BIAS_BYTES = 64;
    private static final int TOKEN_BYTES = 4;
    private static final int REQUEST_BYTES = 8 << 10;
    private static final int SPAN_BYTES = 1_536;
    private static final int ROW_BYTES = 400;
    private static final int LOG_QUEUES = 3;
    private static final int LOG_LINES = 8_192;
    private static final int LOG_LINE_BYTES = 1 << 10;

    private MemoryBounds() {}

    /**
     * One thing that clients fill.
     *
     * @param keys what bounds it
     * @param bytes most of it
     */
    public record Bound(String what, String keys, long bytes) {}

    /**
     * The bounds of a configuration.
     *
     * @param slots of the engine
     * @param contextLength of the model
     * @param planningThreads that parse bodies at once
     */
    public static List<Bound> of(ServerConfig config, int slots, int contextLength, int planningThreads) {
        HttpConfig http = config.server();
        ConnectionConfig connections = http.connections();
        int connectionCount = connections.max() + connections.managementMax();
        return List.of(
                new Bound("bodies that are read or planned", "server.body-memory", http.bodyMemoryBytes()),
                new Bound("bodies that wait for that", "64, fixed", (long) WAITING_BODIES * UNREAD_BODY_BYTES),
                new Bound(
                        "values of JSON bodies that are parsed",
                        "262144 a body, fixed; planning threads",
                        planningThreads * PARSED_JSON_BYTES),
                new Bound(
                        "heads and write queues of connections",
                        "server.max-connections, server.management-max-connections, server.max-header-bytes,"
                                + " server.max-headers",
                        connectionCount * connectionBytes(http)),
                new Bound(
                        "plans that wait, beside their bodies",
                        "planning.queue-limit",
                        (long) config.planning().queueLimit() * PLAN_BYTES),
                new Bound("answers that clients have not taken", "server.answer-memory", http.answerMemoryBytes()),
                new Bound(
                        "requests that wait or run",
                        "queue.limit, engine.slots, limits.max-logit-bias",
                        (long) (config.queueLimit() + slots) * requestBytes(config, contextLength)),
                new Bound(
                        "spans that wait to be exported",
                        "telemetry.traces.queue-spans",
                        (long) config.traces().queueSpans() * SPAN_BYTES),
                new Bound(
                        "rows that wait for the store",
                        "store.queue-rows",
                        (long) config.store().queueRows() * ROW_BYTES),
                new Bound(
                        "log lines that wait", "8192 a queue, fixed", (long) LOG_QUEUES * LOG_LINES * LOG_LINE_BYTES));
    }

    private static long connectionBytes(HttpConfig http) {
        return 2L * http.maxHeaderBytes() + (long) http.connections().maxHeaders() * HEADER_BYTES + WRITE_QUEUE_BYTES;
    }

    private static long requestBytes(ServerConfig config, int contextLength) {
        return (long) contextLength * TOKEN_BYTES + (long) config.limits().maxLogitBias() * BIAS_BYTES + REQUEST_BYTES;
    }

    public static long sum(List<Bound> bounds) {
        return bounds.stream().mapToLong(Bound::bytes).sum();
    }

    /** Of the memory for bodies, what large ones may take. */
    public static long largeBodyMemory(long capacity) {
        return capacity / PARTS * LARGE_PARTS;
    }

    /** The memory for bodies that has room for one of the largest. */
    static long leastBodyMemory(int maxBodyBytes) {
        return (long) maxBodyBytes * HEAP_PER_BODY_BYTE / LARGE_PARTS * PARTS + PARTS;
    }
}
