package io.vitrine.server;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.gpu.GpuReading;
import io.vitrine.observability.Telemetry;

/**
 * Measures how soon a server sees what befalls its GPU, with the probe as it is configured by default and real time; prints a table for
 * {@code docs/gpu.md}. Run by hand, from the folder {@code server}: takes some minutes, and says nothing on a machine that is busy.
 */
public final class GpuDetectionTimes {

    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int RUNS = 5;

    /** Those take a minute each. */
    private static final Set<GpuFault> ONCE = Set.of(GpuFault.GETS_TOO_HOT);

    private GpuDetectionTimes() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("| what befell it | state | reasons | seen after, s (least to most) | `/health/ready` |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (GpuFault fault : GpuFault.values()) {
            if (!fault.outcome().rules().isEmpty()) {
                measure(fault);
            }
        }
    }

    private static void measure(GpuFault fault) throws InterruptedException {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        int status = 0;
        int runs = ONCE.contains(fault) ? 1 : RUNS;
        for (int run = 0; run < runs; run++) {
            FakeDriver driver = fault.driver();
            try (TestServer server = TestServer.start(
                            Telemetry.off(), 4, "engine.device=cuda:0", "gpu.library=" + driver.library());
                    GpuProbe probe = GpuProbe.start(
                            GpuProbeSettings.DEFAULT.with(driver.library().toString(), Duration.ofSeconds(1)),
                            new SystemProbeClock(),
                            server.server().gpuListener())) {
                // Polls begin anywhere in the second before.
                double seconds = seenAfter(fault, driver, probe, run * 0.19);
                least = Math.min(least, seconds);
                most = Math.max(most, seconds);
                status = server.getManagement("/health/ready").statusCode();
                driver.remove("@10 hang.");
            }
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %.1f to %.1f | %d |%n",
                fault.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                fault.outcome().state(),
                String.join(
                        ", ",
                        fault.outcome().rules().stream()
                                .map(Enum::name)
                                .sorted()
                                .toList()),
                least,
                most,
                status);
    }

    /** Lets the timeline run with real time until the outcome is there. */
    private static double seenAfter(GpuFault fault, FakeDriver driver, GpuProbe probe, double ahead)
            throws InterruptedException {
        double startAt = GpuFault.BEGINS - 3 - ahead;
        long began = System.nanoTime();
        while (System.nanoTime() - began < LIMIT.toNanos()) {
            double second = startAt + (System.nanoTime() - began) * 1e-9;
            driver.at(second);
            if (reached(fault, probe)) {
                return second - GpuFault.BEGINS;
            }
            Thread.sleep(TICK.toMillis());
        }
        throw new IllegalStateException(fault + " was not seen: " + probe.snapshot());
    }

    private static boolean reached(GpuFault fault, GpuProbe probe) {
        List<GpuReading> gpus = probe.snapshot().gpus();
        return !gpus.isEmpty()
                && gpus.get(0).health().state() == fault.outcome().state()
                && GpuStory.rules(gpus.get(0)).equals(fault.outcome().rules());
    }
}
