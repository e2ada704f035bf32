package io.vitrine.server;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.ManualClock;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.server.logs.LogLines;

import static org.awaitility.Awaitility.await;

/**
 * The real server with its model on GPU 0, another one on the CPU, and the real probe with its own threads on the fake driver. What time
 * it is, for probe and driver, the story says: it moves on by a second when two polls have ended since the last one.
 */
final class GpuStory implements AutoCloseable {

    static final String INSIDE = "inside";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CHAT =
            "{\"model\":\"" + TestModel.NAME + "\",\"messages\":[{\"role\":\"user\",\"content\":\"^\"}]}";

    private final FakeDriver driver;
    private final ManualClock clock = new ManualClock();
    private final AtomicInteger polls = new AtomicInteger();
    private final Telemetry telemetry;
    private final TestServer onGpu;
    private final TestServer onCpu = TestServer.start();
    private final GpuProbe probe;
    private final ScriptedRunner.Gate gate;
    private double now;

    /** Nothing has happened yet at second {@code from}. */
    GpuStory(FakeDriver driver, String library, double from, Path logs) {
        this.driver = driver;
        telemetry = LogLines.telemetry(logs, LogLevel.DEBUG, ConsoleFormat.OFF);
        // A request is held in a step meanwhile, which is not what these stories are about.
        onGpu = TestServer.start(
                telemetry,
                4,
                "engine.device=cuda:0",
                "gpu.library=" + library,
                "health.step-limit=5m",
                "health.first-step-limit=5m");
        gate = onGpu.runner().holdAt(2);
        goTo(from);
        GpuListener counting = new GpuListener() {
            @Override
            public void snapshotTaken(GpuSnapshot snapshot) {
                polls.incrementAndGet();
            }
        };
        probe = GpuProbe.start(
                settings(library),
                clock,
                GpuListener.all(
                        List.of(onGpu.server().gpuListener(), onCpu.server().gpuListener(), counting)));
        onGpu.server().readGpus(probe::snapshot);
        await().atMost(LIMIT).until(() -> polls.get() > 0);
    }

    /** As a server's, but for the pace: deadlines count on the story's clock. */
    private static GpuProbeSettings settings(String library) {
        GpuProbeSettings usual = GpuProbeSettings.DEFAULT;
        return new GpuProbeSettings(
                library,
                Duration.ofMillis(10),
                Duration.ofMillis(10),
                usual.callDeadline(),
                usual.initDeadline(),
                usual.lostRecheck(),
                usual.absenceRecheck(),
                false,
                Optional.empty());
    }

    /** Goes on, second by second, to {@code end}, and waits until the card is as wanted. */
    GpuReading until(double end, GpuFault fault, Predicate<GpuReading> wanted) {
        while (now < end) {
            goTo(now + 1);
            boolean begun = now >= GpuFault.BEGINS;
            if (!begun || !fault.hangsThePoll()) {
                awaitPolls();
            } else if (now == GpuFault.BEGINS) {
                awaitStuck();
            }
            // Waits for events have a thread and a pace of their own: it must not miss an event, nor seem silent on
            // this clock.
            boolean due = now % 5 == 4 || now == GpuFault.BEGINS + 1;
            if (due && now < fault.eventsEndAt()) {
                awaitEvents();
            }
        }
        await().atMost(LIMIT).until(() -> wanted.test(card()));
        return card();
    }

    /** Puts both clocks at a second, and waits for nothing. */
    void goTo(double seconds) {
        now = seconds;
        clock.at(seconds);
        driver.at(seconds);
    }

    private void awaitPolls() {
        int before = polls.get();
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> polls.get() >= before + 2);
    }

    private void awaitEvents() {
        long before = driver.count("nvmlEventSetWait_v2");
        await().atMost(LIMIT).until(() -> driver.count("nvmlEventSetWait_v2") > before + 1);
    }

    /** Waits until the poller is inside the driver and does not come back. */
    private void awaitStuck() {
        await().atMost(LIMIT).during(Duration.ofMillis(300)).until(() -> {
            int before = polls.get();
            return driver.count(GpuFault.HANGING) > driver.returned(GpuFault.HANGING) && polls.get() == before;
        });
    }

    GpuSnapshot snapshot() {
        return probe.snapshot();
    }

    GpuReading card() {
        return probe.snapshot().gpus().get(0);
    }

    static Set<HealthRule> rules(GpuReading gpu) {
        return gpu.health().reasons().stream().map(HealthReason::rule).collect(Collectors.toSet());
    }

    /** A request that is in the middle of its answer from now on, until {@link #letGo}. */
    CompletableFuture<HttpResponse<String>> begin() {
        CompletableFuture<HttpResponse<String>> inside = onGpu.client()
                .sendAsync(
                        onGpu.postRequest(TestServer.CHAT, CHAT)
                                .header("x-request-id", INSIDE)
                                .build(),
                        BodyHandlers.ofString());
        gate.awaitReached();
        return inside;
    }

    void letGo() {
        gate.release();
    }

    HttpResponse<String> ask() {
        return onGpu.post(TestServer.CHAT, CHAT);
    }

    int ready() {
        return onGpu.getManagement("/health/ready").statusCode();
    }

    int live() {
        return onGpu.getManagement("/health/live").statusCode();
    }

    /** What operators are told of the GPUs. */
    JsonNode told() {
        return TestServer.parse(onGpu.getManagement("/api/gpu").body());
    }

    /** Status of a request to the model on the CPU. */
    int askCpu() {
        return onCpu.post(TestServer.CHAT, CHAT).statusCode();
    }

    /** Ends what hangs. */
    void heal() {
        driver.remove("@10 hang.");
    }

    /** Everything ends, and the log is whole. */
    @Override
    public void close() {
        gate.release();
        heal();
        probe.close();
        onGpu.close();
        onCpu.close();
        telemetry.close();
    }
}
