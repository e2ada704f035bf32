package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.vitrine.loadtest.measure.Durations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what telemetry costs, or analyses what was measured. */
@Command(
        name = "overhead",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommandsRepeatable = false,
        description = {
            "Measures what telemetry costs a server: starts it, switches parts of telemetry while it runs, and",
            "compares blocks of the same load. Raw data and reports go into one folder; the machine should do nothing else."
        })
public final class OverheadCommand implements Callable<Integer> {

    /** Set by the launch script: what starts the server. */
    private static final String SCRIPT = "vitrine.script";

    private static final DateTimeFormatter FOLDER =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int RESAMPLES = 10_000;
    private static final double QUICK_SECONDS = 550;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--quick", description = "At most ten minutes, fewer arms, wide intervals.")
    private boolean quick;

    @Option(names = "--analyse", paramLabel = "FOLDER", description = "Analyses an experiment again; runs nothing.")
    private @Nullable Path analyse;

    @Option(names = "--folder", paramLabel = "DIR", description = "For raw data and reports (default: overhead-TIME).")
    private @Nullable Path folder;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "Data folder whose model cache the servers use (default: data).")
    private Path data = Path.of("data");

    @Option(names = "--model", paramLabel = "NAME|PATH", description = "Model to serve (default: the server's).")
    private @Nullable String model;

    @Option(
            names = "--server",
            paramLabel = "COMMAND",
            description = "Starts the server, words with spaces between them (default: this program's serve).")
    private @Nullable String server;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Setting of the server; may be given again. engine.kind=null measures without a model.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of orders, arrivals and bootstrap (default: new).")
    private @Nullable Long seed;

    @Option(
            names = "--margin",
            paramLabel = "PERCENT",
            defaultValue = "1",
            description = "Change that counts as none (default: ${DEFAULT-VALUE}).")
    private double marginPercent = 1;

    @Option(names = "--launches", paramLabel = "N", description = "Starts of the server (default: 7, quick 2).")
    private @Nullable Integer launches;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Rows of each launch; in a row each arm has a block of each load (default: 2, quick 3).")
    private @Nullable Integer rows;

    @Option(names = "--block", paramLabel = "TIME", description = "Length of a block (default: 10s, quick 3s).")
    private @Nullable String block;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            description = "Of each launch, before anything is measured (default: 60s, quick 16s).")
    private @Nullable String warmUp;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            defaultValue = "8",
            description = "Requests at once in the closed loop (default: ${DEFAULT-VALUE}).")
    private int concurrency = 8;

    @Option(
            names = "--input-tokens",
            paramLabel = "N",
            defaultValue = "32",
            description = "Length of prompts (default: ${DEFAULT-VALUE}).")
    private int inputTokens = 32;

    @Option(
            names = "--output-tokens",
            paramLabel = "N",
            defaultValue = "32",
            description = "Length of answers (default: ${DEFAULT-VALUE}).")
    private int outputTokens = 32;

    @Override
    public Integer call() throws IOException {
        Path where = analyse;
        if (where == null) {
            where = folder != null ? folder : Path.of("overhead-" + FOLDER.format(Instant.now()));
            check();
            RawData.requireFree(where);
            Files.createDirectories(where);
            new Experiment(setup(), command(), where, data.resolve("models"), warmUpSeconds(), limitSeconds(), err())
                    .run();
        }
        // What is reported was read from the folder: an analysis later finds the same.
        Certificate certificate = Experiment.analyse(where);
        Experiment.writeReports(where, certificate);
        PrintWriter out = spec.commandLine().getOut();
        out.print(CertificateText.write(certificate));
        out.flush();
        err().println("Raw data and reports: " + where.toAbsolutePath().normalize());
        err().flush();
        return 0;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void check() {
        requireWithin("--launches", launches(), 1, 1_000);
        requireWithin("--rows", rows(), 1, 1_000);
        requireWithin("--concurrency", concurrency, 1, 100_000);
        requireWithin("--input-tokens", inputTokens, 1, 1_000_000);
        requireWithin("--output-tokens", outputTokens, 2, 1_000_000);
        if (!(marginPercent > 0 && marginPercent < 100)) {
            throw new IllegalArgumentException("--margin must be between 0 and 100 percent: " + marginPercent);
        }
        if (blockSeconds() < 0.1) {
            throw new IllegalArgumentException("--block must be >= 100ms: " + block);
        }
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be from " + least + " to " + most + ": " + value);
        }
    }

    private int launches() {
        return launches == null ? (quick ? 2 : 7) : launches;
    }

    private int rows() {
        return rows == null ? (quick ? 3 : 2) : rows;
    }

    private double blockSeconds() {
        return block == null ? (quick ? 3 : 10) : Durations.nanos(block) / 1e9;
    }

    private double warmUpSeconds() {
        return warmUp == null ? (quick ? 16 : 60) : Durations.nanos(warmUp) / 1e9;
    }

    /** Of the quick run, with room for the last stop and the analysis within ten minutes. */
    private double limitSeconds() {
        return quick ? QUICK_SECONDS : Double.POSITIVE_INFINITY;
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        if (server != null) {
            command.addAll(List.of(server.strip().split("\\s+")));
        } else {
            String script = System.getProperty(SCRIPT);
            if (script == null) {
                throw new IllegalArgumentException("--server must say how the server is started");
            }
            command.addAll(List.of(script, "serve"));
        }
        if (model != null) {
            command.addAll(List.of("--model", model));
        }
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        return command;
    }

    private Setup setup() {
        List<String> words = new ArrayList<>(command());
        words.set(0, Path.of(words.get(0)).getFileName().toString()); // where it lies is nobody's business
        return new Setup(
                Setup.FORMAT,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                quick,
                seed == null ? System.nanoTime() & 0xFFFF_FFFFL : seed,
                model == null ? "" : model,
                String.join(" ", words),
                quick ? Arm.quick() : Arm.full(),
                List.of(),
                marginPercent / 100,
                RESAMPLES,
                launches(),
                rows(),
                concurrency,
                0,
                0,
                0,
                blockSeconds(),
                inputTokens,
                outputTokens,
                Machine.describe(),
                OperationCosts.shipped());
    }

    @Command(name = "sink", hidden = true, description = "Takes exports and discards them; started by the experiment.")
    int sink() throws InterruptedException {
        new Sink().run(spec.commandLine().getOut());
        new CountDownLatch(1).await();
        return 0;
    }
}
