package io.vitrine.server.health;

import java.util.List;

/**
 * How a component is.
 *
 * @param reason in words, with the numbers behind the verdict
 * @param stack of the thread that makes no progress, innermost first; empty for other verdicts
 */
public record ComponentHealth(Verdict verdict, String reason, List<String> stack) {

    public ComponentHealth {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason must not be blank");
        }
        stack = List.copyOf(stack);
    }

    ComponentHealth(Verdict verdict, String reason) {
        this(verdict, reason, List.of());
    }
}
