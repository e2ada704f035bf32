package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The parts of the server that log; each has a level of its own, which can be changed while the server runs. */
public enum LogCategory {
    /** Who a request comes from. */
    AUTH("auth"),
    /** Whether a request may come in now: rates, budgets, the queue. */
    RATE_LIMIT("rate-limit"),
    /** Models in memory. */
    MODEL("model"),
    /** Requests in the engine. */
    INFERENCE("inference"),
    /** Requests at the socket: in, and out again. */
    RESPONSE("response"),
    /** Graphics processors. */
    GPU("gpu"),
    /** What goes wrong in the server and wants somebody's attention: faults, warnings of libraries, alerts, incidents. */
    ALERT("alert"),
    /** What the server was made to do, for the record: starts and stops, changes by operators, users' opinions of answers. */
    AUDIT("audit");

    private final String label;

    LogCategory(String label) {
        this.label = label;
    }

    /** As the line writes it: {@code rate-limit}. */
    public String label() {
        return label;
    }

    /** The category with this label; empty if none has it. */
    public static Optional<LogCategory> of(String label) {
        return Arrays.stream(values())
                .filter(category -> category.label.equals(label))
                .findFirst();
    }

    /** All of them, as lines write them. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(LogCategory::label).toList();
    }
}
