package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vitrine.loadtest.client.DriverOptions;
import io.vitrine.loadtest.client.LoadRun;
import io.vitrine.loadtest.client.Rehearsal;
import io.vitrine.loadtest.client.RequestBodies;
import io.vitrine.loadtest.client.RunMonitor;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.workload.Arrivals;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.RateProfile;

/** Carries an experiment out and writes its raw data. Blocks; one thread. */
final class Experiment {

    /** Of the capacity: loaded, and far enough from saturation that queues do not decide. */
    private static final double OPEN_SHARE = 0.65;

    private static final long TIMEOUT_NANOS = 600_000_000_000L;
    private static final long DRAIN_NANOS = 120_000_000_000L;
    private static final int SETTLE_TOKENS = 8;
    private static final long SINK_MILLIS = 20_000;
    private static final double NANOS = 1e9;
    private static final double NANOS_OF_MILLI = 1e6;

    private final Setup planned;
    private final List<String> command;
    private final Path folder;
    private final Path models;
    private final double warmUpSeconds;
    private final double limitSeconds;
    private final PrintWriter progress;
    private final long startNanos = System.nanoTime();
    private Optional<Setup> calibrated = Optional.empty();
    private int blocksDone;

    /**
     * Nothing runs yet.
     *
     * @param planned without what is measured first
     * @param command how to serve, without ports and data folder
     * @param folder gets the raw data
     * @param models model cache for the servers
     * @param limitSeconds of all launches together; rows that would take longer are left out
     * @param progress gets a line for each row
     */
    Experiment(
            Setup planned,
            List<String> command,
            Path folder,
            Path models,
            double warmUpSeconds,
            double limitSeconds,
            PrintWriter progress) {
        this.planned = planned;
        this.command = List.copyOf(command);
        this.folder = folder;
        this.models = models;
        this.warmUpSeconds = warmUpSeconds;
        this.limitSeconds = limitSeconds;
        this.progress = progress;
    }

    void run() throws IOException {
        Rehearsal.run();
        Path working = Files.createDirectories(folder.resolve("servers"));
        try (ChildProcess sink = new ChildProcess(sinkCommand(), Map.of(), working.resolve("sink.log"))) {
            URI address = awaitSink(sink);
            for (int launch = 0; launch < planned.launches(); launch++) {
                Path own = Files.createDirectories(working.resolve("launch-" + (launch + 1)));
                try (ServerUnderTest server = new ServerUnderTest(command, own, models, address)) {
                    runLaunch(server, launch);
                } finally {
                    deleteData(own.resolve("data"));
                }
            }
        }
    }

    private static List<String> sinkCommand() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.vitrine.loadtest.Main",
                "overhead",
                "sink");
    }

    private static URI awaitSink(ChildProcess sink) throws IOException {
        long deadline = System.currentTimeMillis() + SINK_MILLIS;
        while (sink.isAlive() && System.currentTimeMillis() < deadline) {
            Optional<String> port = sink.said(Sink.READY);
            if (port.isPresent()) {
                return URI.create("http://127.0.0.1:" + port.get());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the sink starts");
            }
        }
        throw new IOException("the sink does not start:\n" + sink.lastWords());
    }

    /** Its ledger and telemetry are of no use any more, and may be large. The model cache is a link, and stays. */
    private static void deleteData(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return;
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void runLaunch(ServerUnderTest server, int launch) throws IOException {
        RequestBodies bodies =
                new RequestBodies(server.model(), true, true, true, JsonNodeFactory.instance.objectNode());
        List<String> parts = server.parts();
        server.keepEveryTrace();
        try (LoadRun load = new LoadRun(server.api(), null, bodies, 1)) {
            warmUp(server, load, parts, launch);
            if (calibrated.isEmpty()) {
                Setup setup = calibrate(server, load, bodies.model(), parts);
                RawData.begin(folder, setup);
                calibrated = Optional.of(setup);
            }
            Setup setup = calibrated.get();
            List<List<Integer>> orders =
                    WilliamsSquare.rows(setup.arms().size(), setup.launches() * setup.rows(), setup.seed());
            double longestRow = 0;
            for (int row = 0; row < setup.rows(); row++) {
                double began = elapsed();
                if (began + longestRow > limitSeconds * (launch + 1) / setup.launches()) {
                    say("no time for %d more rows of this launch", setup.rows() - row);
                    break;
                }
                List<Integer> order = orders.get(launch * setup.rows() + row);
                for (Outcome.Load kind : Outcome.Load.values()) {
                    runRow(server, load, setup, new Place(launch, row, kind), order);
                }
                longestRow = Math.max(longestRow, elapsed() - began);
            }
        }
    }

    /** Where a row stands. */
    private record Place(int launch, int row, Outcome.Load load) {}

    /** Everything on and everything off, so that both ways through the server are compiled before they are timed. */
    private void warmUp(ServerUnderTest server, LoadRun load, List<String> parts, int launch) throws IOException {
        say("launch %d of %d: warm-up", launch + 1, planned.launches());
        for (Arm arm : List.of(Arm.ALL, Arm.NONE, Arm.ALL, Arm.NONE)) {
            server.switchTo(arm, parts);
            long seed = planned.seed() + 1_000_003L * launch + arm.parts().size();
            run(load, closedFor(warmUpSeconds / 4, seed), "warm-" + launch + "-" + seed + "-" + System.nanoTime());
        }
    }

    private Setup calibrate(ServerUnderTest server, LoadRun load, String model, List<String> parts) throws IOException {
        server.switchTo(Arm.NONE, parts);
        RunLog log = run(load, closedFor(Math.max(2, planned.blockSeconds()), planned.seed() - 1), "calibrate-");
        long completed = log.records().stream().filter(RequestRecord::completed).count();
        double seconds = (log.endNanos() - log.startNanos()) / NANOS;
        double capacity = completed / seconds;
        if (completed == 0) {
            throw new IOException("the server completes no request: "
                    + log.records().stream()
                            .map(record -> String.valueOf(record.error()))
                            .distinct()
                            .toList());
        }
        int requests = (int) Math.max(2L * planned.concurrency(), Math.round(capacity * planned.blockSeconds()));
        say(
                "capacity %.2f requests/s: %d requests a closed block, %.2f requests/s in open ones",
                capacity, requests, OPEN_SHARE * capacity);
        Setup named = planned.calibrated(requests, OPEN_SHARE * capacity, capacity, parts);
        return named.model().equals(model) ? named : named.serving(model);
    }

    private void runRow(ServerUnderTest server, LoadRun load, Setup setup, Place place, List<Integer> order)
            throws IOException {
        for (int position = 0; position < order.size(); position++) {
            Arm arm = setup.arms().get(order.get(position));
            Block block = block(server, load, setup, place, position, arm);
            RawData.append(folder, block);
            blocksDone++;
        }
        int whole = setup.launches() * setup.rows() * 2 * setup.arms().size();
        double elapsed = elapsed();
        say(
                "launch %d, row %d, %s: %d of %d blocks, %.0f s, about %.0f s left",
                place.launch() + 1,
                place.row() + 1,
                place.load().name().toLowerCase(Locale.ROOT),
                blocksDone,
                whole,
                elapsed,
                elapsed / blocksDone * (whole - blocksDone));
    }

    private Block block(ServerUnderTest server, LoadRun load, Setup setup, Place place, int position, Arm arm)
            throws IOException {
        server.switchTo(arm, setup.parts());
        long rowSeed = new SplittableRandom(setup.seed()
                        + 7919L * place.launch()
                        + 104_729L * place.row()
                        + place.load().number())
                .nextLong();
        long blockSeed = rowSeed + 15_485_863L * (position + 1);
        String prefix =
                "o" + place.launch() + "-" + place.row() + "-" + place.load().number() + "-" + position + "-";
        // Until what the arm before has left behind is through.
        run(load, settling(setup, ~blockSeed), prefix + "s");
        ServerUnderTest.Use before = server.use();
        long sinkBefore = server.sinkRequests();
        double atSeconds = elapsed();
        RunLog log = run(load, plan(setup, place.load(), rowSeed, blockSeed), prefix);
        ServerUnderTest.Use after = server.use();
        return summary(place, position, arm, atSeconds, log, before, after, server.sinkRequests() - sinkBefore);
    }

    private Plan settling(Setup setup, long seed) {
        return new Plan(
                new Plan.Closed(setup.concurrency(), setup.concurrency(), OptionalLong.empty()),
                new BlockRequests(seed, setup.inputTokens(), Math.min(SETTLE_TOKENS, setup.outputTokens())),
                0);
    }

    /** Arrivals by the row's seed, words by the block's. */
    private static Plan plan(Setup setup, Outcome.Load load, long rowSeed, long blockSeed) {
        BlockRequests requests = new BlockRequests(blockSeed, setup.inputTokens(), setup.outputTokens());
        return switch (load) {
            case CLOSED ->
                new Plan(new Plan.Closed(setup.concurrency(), setup.requests(), OptionalLong.empty()), requests, 0);
            case OPEN -> {
                RateProfile rate = RateProfile.constant(setup.rate(), setup.blockSeconds());
                long[] times = Arrivals.POISSON.schedule(rate, rowSeed, Plan.UNLIMITED);
                yield new Plan(
                        new Plan.Open(
                                times.length == 0 ? new long[] {0} : times,
                                Math.round(setup.blockSeconds() * NANOS),
                                true),
                        requests,
                        0);
            }
        };
    }

    private Plan closedFor(double seconds, long seed) {
        return new Plan(
                new Plan.Closed(planned.concurrency(), Plan.UNLIMITED, OptionalLong.of(Math.round(seconds * NANOS))),
                new BlockRequests(seed, planned.inputTokens(), planned.outputTokens()),
                0);
    }

    private static RunLog run(LoadRun load, Plan plan, String prefix) {
        DriverOptions options = new DriverOptions(0, 0, Integer.MAX_VALUE, TIMEOUT_NANOS, DRAIN_NANOS, prefix);
        return load.run(plan, options, new RunMonitor()).join();
    }

    private static Block summary(
            Place place,
            int position,
            Arm arm,
            double atSeconds,
            RunLog log,
            ServerUnderTest.Use before,
            ServerUnderTest.Use after,
            long sinkRequests) {
        List<RequestRecord> completed =
                log.records().stream().filter(RequestRecord::completed).toList();
        double[] lags = log.records().stream()
                .flatMapToLong(record -> record.clientWait().stream())
                .mapToDouble(nanos -> nanos / NANOS_OF_MILLI)
                .sorted()
                .toArray();
        boolean allocationKnown = before.allocatedBytes() >= 0 && after.allocatedBytes() >= 0;
        return new Block(
                place.launch(),
                place.row(),
                place.load(),
                position,
                arm.name(),
                atSeconds,
                (log.endNanos() - log.startNanos()) / NANOS,
                log.records().stream().mapToLong(RequestRecord::outputTokens).sum(),
                log.tokens().sum(log.window().fromNanos(), log.window().toNanos()),
                log.window().seconds(),
                completed.size(),
                log.records().size() - completed.size(),
                after.cpuNanos() - before.cpuNanos(),
                allocationKnown ? (Long) (after.allocatedBytes() - before.allocatedBytes()) : null,
                after.gcNanos() - before.gcNanos(),
                after.engineSteps() - before.engineSteps(),
                sinkRequests,
                log.health().loopBusy(),
                lags.length == 0 ? 0 : lags[(int) Math.ceil(0.99 * lags.length) - 1],
                log.health().loopDelay().getValueAtPercentile(99) / NANOS_OF_MILLI,
                completed.stream()
                        .flatMapToLong(record -> record.ttftUser().stream())
                        .mapToObj(nanos -> nanos / NANOS_OF_MILLI)
                        .toList(),
                completed.stream()
                        .flatMapToDouble(record -> record.tpot().stream())
                        .mapToObj(nanos -> nanos / NANOS_OF_MILLI)
                        .toList());
    }

    private double elapsed() {
        return (System.nanoTime() - startNanos) / NANOS;
    }

    private void say(String format, Object... values) {
        progress.println(String.format(Locale.ROOT, format, values));
        progress.flush();
    }

    /** The folder of the raw data, read as an analysis reads it. */
    static Certificate analyse(Path folder) throws IOException {
        return Analysis.of(RawData.read(folder));
    }

    /** Writes all forms of the report into the folder. */
    static void writeReports(Path folder, Certificate certificate) {
        try {
            Files.writeString(folder.resolve("report.txt"), CertificateText.write(certificate));
            Files.writeString(folder.resolve("report.json"), CertificateJson.write(certificate));
            Files.writeString(folder.resolve("report.html"), CertificateHtml.write(certificate));
            Files.writeString(folder.resolve("effects.svg"), EffectChart.standalone(certificate));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the reports into " + folder, e);
        }
    }
}
