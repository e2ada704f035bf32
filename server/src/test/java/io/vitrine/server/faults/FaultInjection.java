package io.vitrine.server.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.server.faults.FaultRun.Firing;
import io.vitrine.server.faults.FaultRun.IncidentSeen;

import static org.assertj.core.api.Assertions.assertThat;

/** Injects one fault into a server of its own and watches until it is over. */
@SuppressWarnings("try") // closing waits for processes and may be interrupted; traffic flows until it is closed
final class FaultInjection implements AutoCloseable {

    private static final long LOOK_MILLIS = 100;
    /** Of the machine; beyond what a fault takes by itself. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int EVIDENCE_ITEMS = 12;

    private static final Duration COMPANIONS = Duration.ofMinutes(1);
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    /** Rules that other work on the machine may fire. */
    private static final String OF_THE_MACHINE = "[ProcessorSaturated, MemoryNearlyFull, DiskFillsSoon]";

    private final Fault fault;
    private final int pace;
    private final PageReceiver receiver = new PageReceiver();
    private final Collector collector;
    private final Optional<FakeDriver> driver;
    private final ServerUnderFault server;
    private final Scene scene;
    private final Map<String, Firing> firings = new TreeMap<>();
    private final List<String> troubles = new ArrayList<>();
    private Set<String> pagedDuring = Set.of();
    private long beganMillis;
    private Optional<Long> endedMillis = Optional.empty();

    private FaultInjection(Fault fault, int pace, Path folder) throws Exception {
        this.fault = fault;
        this.pace = pace;
        collector = new Collector();
        driver = fault.gpu().map(gpu -> gpu.driver().at(0));
        server = new ServerUnderFault(
                Files.createDirectories(folder.resolve("data")),
                pace,
                settings(folder),
                fault.jvm(),
                environment(folder));
        scene = new Scene(server, folder, collector);
    }

    /** Runs it in a folder of its own. */
    static FaultRun run(Fault fault, int pace, Path folder) throws Exception {
        try (FaultInjection injection = new FaultInjection(fault, fault.pace(pace), folder)) {
            return injection.run();
        } catch (Exception | AssertionError e) {
            throw new IllegalStateException("fault '" + fault + "': " + e.getMessage(), e);
        }
    }

    private List<String> settings(Path folder) throws IOException {
        Path alerts = folder.resolve("alerts.yaml");
        Files.writeString(
                alerts,
                "receivers:\n  page: {type: webhook, url: '" + receiver.url() + "', secret: '${FAULTS_SECRET}'}\n"
                        + "disabled: " + OF_THE_MACHINE + "\n");
        Path prices = folder.resolve("prices.yaml");
        Files.writeString(prices, "{currency: EUR, prices: [{model: '*', input: 1000, output: 1000}]}");
        List<String> settings = new ArrayList<>(List.of(
                "alerts.file=" + alerts,
                "alerts.interval=" + Theory.INTERVAL.toSeconds() + "s",
                "prices.file=" + prices));
        driver.ifPresent(fake -> settings.add("gpu.library=" + fake.library()));
        settings.addAll(fault.settings());
        return settings;
    }

    private Map<String, String> environment(Path folder) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("FAULTS_SECRET", SECRET);
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
        environment.put("OTEL_METRIC_EXPORT_INTERVAL", "1000");
        environment.put("LD_PRELOAD", diskThatCanBeFull(folder).toString());
        environment.put("FULL_DISK", folder.resolve("data").toString());
        environment.put("FULL_DISK_FLAG", folder.resolve("disk-is-full").toString());
        driver.ifPresent(fake -> {
            environment.put("FAKE_NVML_STATE", fake.state().toString());
            environment.put("FAKE_NVML_LOG", "/dev/null");
        });
        return environment;
    }

    private static Path diskThatCanBeFull(Path folder) throws Exception {
        Path source = folder.resolve("full_disk.c");
        Path library = folder.resolve("full_disk.so");
        try (InputStream code = FaultInjection.class.getResourceAsStream("full_disk.c")) {
            Files.copy(code, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Process compiler = new ProcessBuilder(
                        "gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl")
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).as("gcc's answer").isZero();
        return library;
    }

    private FaultRun run() throws Exception {
        server.awaitClock();
        beganMillis = server.alertMillis();
        server.awaitManagement();
        if (fault.loads()) {
            server.awaitReady();
        }
        try (Traffic traffic = new Traffic(server.url(), "", fault.perSecond(), number -> Scene.SHORT_PROMPT)) {
            if (fault.loads()) {
                watch(real(fault.warm()), () -> false);
                firings.keySet().forEach(rule -> troubles.add(rule + " fires before the fault"));
                firings.clear();
                beganMillis = server.alertMillis();
            }
            driver.ifPresent(scene::runGpu);
            fault.act().on(scene);
            watchFault();
            endedMillis = Optional.of(server.alertMillis());
            pagedDuring = receiver.alerts("firing", "firing");
            heal();
            watchReset();
        }
        watch(PATIENCE.dividedBy(3), this::evidenceIsThere);
        List<IncidentSeen> incidents = incidents();
        return new FaultRun(
                fault,
                pace,
                firings,
                receiver.alerts("firing", "firing"),
                pagedDuring,
                receiver.alerts("resolved", "resolved"),
                incidents,
                troubles);
    }

    private void heal() throws Exception {
        scene.endActs();
        server.command(fault.loads() ? "heal" : "load");
    }

    private void watchFault() throws Exception {
        if (fault.expected().isEmpty()) {
            watch(real(fault.length()), () -> false);
        } else {
            Duration longest = fault.expected().values().stream()
                    .map(theory -> theory.most(pace))
                    .max(Duration::compareTo)
                    .orElseThrow();
            watch(real(longest).plus(PATIENCE), () -> firings.keySet()
                    .containsAll(fault.expected().keySet()));
            watch(real(COMPANIONS), () -> false);
        }
    }

    private void watchReset() throws Exception {
        if (fault.resets()) {
            watch(real(Duration.ofMinutes(20)).plus(PATIENCE), () -> fault.expected().keySet().stream()
                    .allMatch(rule -> !firings.containsKey(rule)
                            || firings.get(rule).reset().isPresent()));
        }
        watch(PATIENCE.dividedBy(3), this::messagesAreThere);
    }

    private boolean messagesAreThere() {
        FaultRun now = new FaultRun(
                fault,
                pace,
                firings,
                receiver.alerts("firing", "firing"),
                pagedDuring,
                receiver.alerts("resolved", "resolved"),
                List.of(),
                List.of());
        return now.paged().containsAll(now.due())
                && fault.expected().keySet().stream()
                        .filter(now.due()::contains)
                        .filter(rule -> firings.get(rule).reset().isPresent())
                        .allMatch(now.resolutions()::contains);
    }

    private boolean evidenceIsThere() throws IOException, InterruptedException {
        return incidents().stream()
                .allMatch(
                        incident -> incident.items().size() + incident.missing().size() >= EVIDENCE_ITEMS);
    }

    private Duration real(Duration onTheAlertsClock) {
        return onTheAlertsClock.dividedBy(pace);
    }

    private void watch(Duration limit, Callable<Boolean> enough) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        do {
            look();
            Thread.sleep(LOOK_MILLIS);
        } while (!enough.call() && System.nanoTime() < end);
    }

    private void look() throws IOException, InterruptedException {
        long now = server.alertMillis();
        Set<String> active = new TreeSet<>();
        for (JsonNode alert : server.get("/api/alerts").path("alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                String rule = alert.path("alert").asText();
                active.add(rule);
                Duration detected = Duration.ofMillis(
                        Instant.parse(alert.path("changed").asText()).toEpochMilli() - beganMillis);
                boolean sent = !alert.has("suppressed");
                firings.merge(
                        rule,
                        new Firing(alert.path("severity").asText(), detected, Optional.empty(), sent),
                        (old, fresh) -> new Firing(
                                old.severity(), old.detected(), Optional.empty(), old.sent() || fresh.sent()));
            }
        }
        endedMillis.ifPresent(ended -> firings.replaceAll(
                (rule, firing) -> active.contains(rule) || firing.reset().isPresent()
                        ? firing
                        : new Firing(
                                firing.severity(),
                                firing.detected(),
                                Optional.of(Duration.ofMillis(now - ended)),
                                firing.sent())));
    }

    private List<IncidentSeen> incidents() throws IOException, InterruptedException {
        List<IncidentSeen> seen = new ArrayList<>();
        for (JsonNode incident : server.get("/api/incidents").path("incidents")) {
            JsonNode whole = server.get("/api/incidents/" + incident.path("id").asLong());
            Set<String> items = new TreeSet<>();
            Map<String, String> missing = new TreeMap<>();
            for (JsonNode item : whole.path("evidence")) {
                if (item.path("bytes").asLong() > 0) {
                    items.add(item.path("name").asText());
                } else {
                    missing.put(item.path("name").asText(), item.path("note").asText());
                }
            }
            seen.add(new IncidentSeen(
                    whole.path("title").asText(), whole.path("severity").asText(), items, missing));
        }
        return seen;
    }

    @Override
    public void close() throws Exception {
        scene.close();
        server.close();
        collector.close();
        receiver.close();
    }
}
