package io.vitrine.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.server.alerting.AlertTime;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;

/**
 * The server as {@code serve} starts it, in a process of its own, with a scripted model that takes faults from standard
 * input. Arguments: the pace of the alerts' clock, then settings.
 *
 * <p>The alerts' clock begins {@link #LAG} before the machine's and runs faster, so that a rule with {@code for: 5m} fires
 * within seconds. It stays behind the machine's clock for the length of an experiment, so that evidence of the time since
 * an alert's cause includes what has just happened.
 */
public final class FaultyServer {

    static final Duration LAG = Duration.ofHours(2);

    private static final int SLOTS = 4;
    private static final long STEP_MILLIS = 5;
    private static final int BLOCK = 1 << 16;
    private static final double LIVE_SHARE = 0.85;

    private final FaultyRunner runner = new FaultyRunner(TestModel.runner(), STEP_MILLIS);
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final AtomicLong stepMillis = new AtomicLong();
    private volatile boolean collecting;

    private FaultyServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        new FaultyServer().serve(arguments);
    }

    private void serve(String[] arguments) throws InterruptedException {
        int pace = Integer.parseInt(arguments[0]);
        ServerConfig config = new ConfigReader()
                .read(
                        Optional.empty(),
                        Arrays.stream(arguments)
                                .skip(1)
                                .map(ConfigReader::parseSet)
                                .toList())
                .config();
        long startMillis = System.currentTimeMillis();
        long startNanos = System.nanoTime();
        Instant start = Instant.ofEpochMilli(startMillis).minus(LAG);
        InstantSource alertTime =
                () -> start.plusNanos((System.nanoTime() - startNanos) * pace).plusMillis(stepMillis.get());
        AlertTime time = new AlertTime(wall(alertTime), () -> System.nanoTime() * pace, pace);
        System.out.println("alert clock: " + startMillis + " " + start.toEpochMilli());
        obeyStandardInput();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        try (ModelLoading loading = ModelLoading.begin(ignored -> load(), config, System::nanoTime)) {
            ServeCommand.serve(config, loading, time, err);
        }
    }

    private static Clock wall(InstantSource source) {
        return source.withZone(ZoneOffset.UTC);
    }

    private LoadedModel load() throws InterruptedException {
        if (!Boolean.getBoolean("vitrine.load-on-command")) {
            loaded.countDown();
        }
        loaded.await();
        return TestModel.with(runner, SLOTS);
    }

    private void obeyStandardInput() {
        Thread reader = new Thread(this::readCommands, "faults");
        reader.setDaemon(true);
        reader.start();
    }

    private void readCommands() {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                obey(line.split(" ", -1));
                System.out.println("done: " + line);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void obey(String... words) {
        switch (words[0]) {
            case "slow" -> runner.slow(Long.parseLong(words[1]));
            case "fail" -> runner.fail(Integer.parseInt(words[1]));
            case "fail-every" -> runner.failEvery(Integer.parseInt(words[1]));
            case "wedge" -> runner.wedge();
            case "load" -> loaded.countDown();
            case "collect" -> collectGarbage();
            case "step" -> stepMillis.addAndGet(Duration.parse(words[1]).toMillis());
            case "heal" -> {
                runner.slow(STEP_MILLIS);
                runner.fail(0);
                runner.failEvery(0);
                runner.heal();
                collecting = false;
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Fills most of the heap and replaces it, block by block: the collector runs nearly all the time. */
    private void collectGarbage() {
        collecting = true;
        Thread allocating = new Thread(
                () -> {
                    Deque<byte[]> live = new ArrayDeque<>();
                    long limit = (long) (Runtime.getRuntime().maxMemory() * LIVE_SHARE);
                    while (collecting) {
                        live.add(new byte[BLOCK]);
                        Runtime runtime = Runtime.getRuntime();
                        if ((long) live.size() * BLOCK > limit
                                || (runtime.totalMemory() - runtime.freeMemory() > limit && live.size() > 1)) {
                            live.poll();
                        }
                    }
                },
                "allocating");
        allocating.setDaemon(true);
        allocating.start();
    }
}
