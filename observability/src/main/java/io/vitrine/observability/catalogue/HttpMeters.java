package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/** What clients take of the server: connections, memory for what they send and have not read, and planning. */
public final class HttpMeters {

    private static final Label PORT = Label.of("port", "which port", HttpPort.class, HttpPort::label);
    private static final Label LOSS =
            Label.of("reason", "why it was closed", ConnectionLoss.class, ConnectionLoss::label);
    private static final Label MEMORY = Label.of("memory", "what for", ClientMemory.class, ClientMemory::label);

    public static final MeterDefinition CONNECTIONS =
            gauge("vitrine.http.connections", "{connection}", "Connections that are open.", PORT);
    public static final MeterDefinition CONNECTION_LIMIT = gauge(
            "vitrine.http.connections.limit",
            "{connection}",
            "Most connections at once: what is configured, or what the process's file descriptors leave for it.",
            PORT);
    public static final MeterDefinition HEADS_IN_FLIGHT =
            gauge("vitrine.http.heads", "{connection}", "Connections that have sent a part of a request's head.", PORT);
    public static final MeterDefinition CONNECTIONS_REFUSED = counter(
            "vitrine.http.connections.refused",
            "{connection}",
            "Connections that were closed to keep a limit, when they were opened or before they had sent a request.",
            PORT,
            LOSS);
    public static final MeterDefinition CLIENT_MEMORY = gauge(
            "vitrine.http.memory", "bytes", "Heap that is leased for what clients send or have not read.", MEMORY);
    public static final MeterDefinition CLIENT_MEMORY_LIMIT =
            gauge("vitrine.http.memory.limit", "bytes", "Most of it.", MEMORY);
    public static final MeterDefinition PLANNING_WAITING = gauge(
            "vitrine.planning.waiting", "{request}", "Requests that wait for a thread that parses and tokenises them.");
    public static final MeterDefinition PLANNING_LIMIT =
            gauge("vitrine.planning.waiting.limit", "{request}", "Most of them.");

    static final List<MeterDefinition> ALL = List.of(
            CONNECTIONS,
            CONNECTION_LIMIT,
            HEADS_IN_FLIGHT,
            CONNECTIONS_REFUSED,
            CLIENT_MEMORY,
            CLIENT_MEMORY_LIMIT,
            PLANNING_WAITING,
            PLANNING_LIMIT);

    private HttpMeters() {}
}
