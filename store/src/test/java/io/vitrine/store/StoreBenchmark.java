package io.vitrine.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.store.telemetry.LogFilter;
import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.SpanFilter;
import io.vitrine.store.telemetry.SpanRow;
import io.vitrine.store.telemetry.StepRow;
import io.vitrine.store.telemetry.TelemetryRow;
import io.vitrine.store.telemetry.TelemetrySettings;
import io.vitrine.store.telemetry.TelemetryStore;
import io.vitrine.store.telemetry.TimeRange;

/**
 * Measures the store alone: entries and events a second, bytes a request on the disk, query times before and after the day is over.
 *
 * <p>Arguments: an empty directory and the number of spans of a day; a request has 12 of them, 2 log events and 4 steps. A last argument
 * {@code telemetry} leaves the ledger out, which takes the longest with its commits.
 */
public final class StoreBenchmark {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
    private static final TimeRange RANGE = TimeRange.day(DAY);
    private static final long MIDNIGHT = RANGE.fromEpochNanos();
    private static final int SPANS = 12;
    private static final int STEPS = 4;
    private static final int UNDER_WAY = 256;
    private static final int QUERIES = 20;

    private final Path directory;
    private final int requests;

    private StoreBenchmark(Path directory, int requests) {
        this.directory = directory;
        this.requests = requests;
    }

    public static void main(String[] arguments) {
        if (arguments.length < 2 || arguments.length > 3) {
            throw new IllegalArgumentException("give a directory, the number of spans, and maybe telemetry");
        }
        StoreBenchmark benchmark = new StoreBenchmark(Path.of(arguments[0]), Integer.parseInt(arguments[1]) / SPANS);
        if (arguments.length == 2) {
            benchmark.ledger();
        }
        benchmark.telemetry();
    }

    private void ledger() {
        try (Ledger ledger = Ledger.open(LedgerSettings.in(directory.resolve("ledger")))) {
            Deque<CompletableFuture<Boolean>> underWay = new ArrayDeque<>();
            long start = System.nanoTime();
            for (int request = 0; request < requests; request++) {
                if (underWay.size() == UNDER_WAY) {
                    underWay.remove().join();
                }
                underWay.add(ledger.append(entry(request)));
            }
            underWay.forEach(CompletableFuture::join);
            rate("ledger entries, durable", requests, System.nanoTime() - start);
            say("ledger commits: %d", ledger.counts().commits());
            time("ledger sums of a day", () -> ledger.sums(new CostFilter(DAY, DAY, null)));
        }
        say("ledger bytes a request: %.0f", bytes("ledger") / (double) requests);
    }

    private void telemetry() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-24T12:00:00Z"));
        TelemetrySettings settings = TelemetrySettings.in(directory.resolve("telemetry"));
        try (TelemetryStore store = new TelemetryStore(settings, now::get)) {
            long start = System.nanoTime();
            for (int request = 0; request < requests; request++) {
                record(store, request);
            }
            store.flush();
            rate("telemetry events, written", requests * (SPANS + STEPS + 2L), System.nanoTime() - start);
            for (Signal signal : Signal.values()) {
                say("%s: %s", signal.table(), store.counts(signal));
            }
            queries("hot", store);

            now.set(now.get().plus(Duration.ofDays(1)));
            long hotBytes = bytes("telemetry/hot");
            start = System.nanoTime();
            store.maintain();
            rate("telemetry events, to Parquet", requests * (SPANS + STEPS + 2L), System.nanoTime() - start);
            say("hot bytes a request: %.0f", hotBytes / (double) requests);
            say("warm bytes a request: %.0f", bytes("telemetry/warm") / (double) requests);
            queries("warm", store);

            now.set(now.get().plus(Duration.ofDays(30)));
            store.maintain();
            say("cold bytes a request: %.0f", bytes("telemetry/cold") / (double) requests);
            queries("cold", store);
        }
    }

    private void queries(String tier, TelemetryStore store) {
        String trace = traceId(requests / 2);
        time(tier + " trace by id", () -> store.queries().trace(trace, RANGE));
        time(tier + " trace by id, day not known", () -> store.queries().trace(trace));
        time(tier + " request by id", () -> store.queries().root("req-" + requests / 2));
        time(tier + " stages of the day, p50 p95 p99", () -> store.queries().stages(RANGE));
        time(tier + " traces of a tenant", () -> store.queries().traces(RANGE, SpanFilter.of("tenant-3"), 100));
        time(tier + " slowest of a stage", () -> store.queries().slowest("stage-3", RANGE, SpanFilter.ANY, 100));
        time(tier + " logs by text", () -> store.queries().logs(RANGE, LogFilter.text("rare " + requests / 2), 100));
    }

    /** Waits where the queue is full, as no server would: here the question is what the writer can do. */
    private static void offer(TelemetryStore store, TelemetryRow row) {
        while (!store.record(row)) {
            store.flush();
        }
    }

    private void record(TelemetryStore store, int request) {
        long at = MIDNIGHT + TimeUnit.DAYS.toNanos(1) / requests * request;
        String tenant = "tenant-" + request % 10;
        String id = "req-" + request;
        for (int span = 0; span < SPANS; span++) {
            offer(
                    store,
                    new SpanRow(
                            traceId(request),
                            String.format(Locale.ROOT, "%016x", span),
                            span == 0 ? null : "0000000000000000",
                            "stage-" + span,
                            at + span,
                            1_000_000L + mixed(request * 31L + span) % 1_000_000_000L,
                            tenant,
                            id,
                            "OK",
                            "{\"gen_ai.request.model\":\"smollm2\",\"vitrine.steps\":" + request % 200 + "}"));
        }
        for (int step = 0; step < STEPS; step++) {
            offer(store, new StepRow(at + step, 20_000_000, "decode", 8, 8, 1 << 24, "{}"));
        }
        for (String message : List.of("request received", "request completed, rare " + request)) {
            offer(
                    store,
                    new LogRow(at, "INFO", "inference", "event", message, traceId(request), null, tenant, id, "{}"));
        }
    }

    private static CostEntry entry(int request) {
        return new CostEntry(
                "ent-" + request,
                "req-" + request,
                MIDNIGHT / 1_000_000 + request,
                "tenant-" + request % 10,
                "vt_abcd",
                "smollm2",
                "chat_completions",
                "completed",
                128,
                64,
                128,
                "EUR",
                700L,
                300L,
                5_000_000_000L,
                1e8,
                2.5,
                traceId(request));
    }

    /** Ids without order, as real ones are. */
    private static String traceId(int request) {
        return String.format(Locale.ROOT, "%016x%016x", mixed(request), mixed(~request));
    }

    private static long mixed(long value) {
        long z = value * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        return (z ^ (z >>> 27)) & Long.MAX_VALUE;
    }

    private static void time(String what, Runnable query) {
        long[] nanos = new long[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            long start = System.nanoTime();
            query.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        say(
                "%s: median %.2f ms, slowest of %d %.2f ms",
                what, nanos[QUERIES / 2] / 1e6, QUERIES, nanos[QUERIES - 1] / 1e6);
    }

    private static void rate(String what, long count, long nanos) {
        say("%s: %d in %.2f s, %.0f a second", what, count, nanos / 1e9, count * 1e9 / nanos);
    }

    private long bytes(String below) {
        try (Stream<Path> paths = Files.walk(directory.resolve(below))) {
            return paths.filter(Files::isRegularFile)
                    .mapToLong(path -> path.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
