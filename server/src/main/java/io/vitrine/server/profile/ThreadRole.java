package io.vitrine.server.profile;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a thread is there for, by its name. */
public enum ThreadRole {
    /** Computes steps of the model; its sampling threads too. */
    ENGINE("vitrine-engine", "vitrine-sampler"),
    /** Speaks HTTP. */
    EVENT_LOOP("vert.x-eventloop"),
    /** Does what would block an event loop. */
    WORKER("vert.x-worker", "vert.x-internal-blocking", "vitrine-prompt", "vitrine-history", "vitrine-health"),
    /** Writes logs, exports spans and meters. */
    TELEMETRY(
            "vitrine-span", "vitrine-log", "Log4j2", "log4j2", "OkHttp", "vitrine-metric", "BatchSpan", "vitrine-otlp"),
    /** Writes and reads the ledger and stored telemetry. */
    STORE("telemetry-", "vitrine-archive", "ledger", "vitrine-ledger"),
    /** Of the JVM. */
    JVM("GC ", "C1 ", "C2 ", "VM ", "JFR ", "Finalizer", "Reference Handler", "Signal Dispatcher", "Common-Cleaner"),
    OTHER();

    // Made by List.of, which never changes; its type cannot say so.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> starts;

    ThreadRole(String... starts) {
        this.starts = List.of(starts);
    }

    static ThreadRole of(String threadName) {
        return Arrays.stream(values())
                .filter(role -> role.starts.stream().anyMatch(threadName::startsWith))
                .findFirst()
                .orElse(OTHER);
    }

    /** As in answers: {@code event-loop}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All labels. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(ThreadRole::label).toList();
    }

    public static Optional<ThreadRole> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(label))
                .findFirst();
    }
}
