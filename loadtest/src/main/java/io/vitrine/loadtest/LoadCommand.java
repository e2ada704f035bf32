package io.vitrine.loadtest;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.vitrine.loadtest.Progress.Expected;
import io.vitrine.loadtest.client.LoadRun;
import io.vitrine.loadtest.client.Rehearsal;
import io.vitrine.loadtest.client.RequestBodies;
import io.vitrine.loadtest.client.RunMonitor;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.measure.Durations;
import io.vitrine.loadtest.measure.Objectives;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.report.CsvReport;
import io.vitrine.loadtest.report.HtmlReport;
import io.vitrine.loadtest.report.JsonReport;
import io.vitrine.loadtest.report.Report;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Stage;
import io.vitrine.loadtest.report.Report.Truth;
import io.vitrine.loadtest.report.StageBuilder;
import io.vitrine.loadtest.report.TextReport;
import io.vitrine.loadtest.truth.TelemetryTruth;
import io.vitrine.loadtest.workload.Plan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads a server and says what came of it. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = CompareCommand.class,
        subcommandsRepeatable = false,
        description = {
            "Measures any OpenAI-compatible server from outside. Latencies count from the time a request was meant to"
                    + " be",
            "sent. A run whose numbers must not be trusted says so first and ends with exit code 3."
        })
final class LoadCommand implements Callable<Integer> {

    static final int INVALID_RUN = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private LoadOptions options = new LoadOptions();

    @Option(
            names = "--report",
            paramLabel = "FILE",
            split = ",",
            description = "Writes the report to .json, .html, .csv or .txt; may be given again.")
    private List<Path> reports = new ArrayList<>();

    @Option(
            names = "--save-plan",
            paramLabel = "FILE",
            description = "Writes the plan as JSON lines and sends nothing; --replay takes it.")
    private @Nullable Path savePlan;

    @Option(
            names = "--management",
            paramLabel = "URL",
            description = "Vitrine's management port: its telemetry is compared with what the client saw.")
    private @Nullable URI management;

    @Option(
            names = "--settle",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "How long the server's telemetry may take to be complete (default: 15s).")
    private String settle = "15s";

    @Option(
            names = "--progress",
            negatable = true,
            description = "A line with live numbers on standard error (default: on a terminal only).")
    private @Nullable Boolean progress;

    @Override
    public Integer call() throws IOException {
        options.check();
        reports.forEach(LoadCommand::requireKnownEnding);
        long seed = options.seedOr(System.nanoTime() & 0xFFFF_FFFFL);
        if (savePlan != null) {
            return savePlan(savePlan, seed);
        }
        Report report = run(seed);
        for (Path file : reports) {
            Files.writeString(file, inFormatOf(file, report));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(TextReport.write(report));
        out.flush();
        return report.verdict() == Verdict.INVALID ? INVALID_RUN : 0;
    }

    private int savePlan(Path file, long seed) throws IOException {
        Plan plan = options.plan(seed);
        if (plan.pacing().size() == Plan.UNLIMITED) {
            throw new IllegalArgumentException("a plan without --requests has no end and cannot be saved");
        }
        try (Stream<String> lines = plan.lines()) {
            Files.write(file, lines.toList());
        }
        return 0;
    }

    private static void requireKnownEnding(Path file) {
        if (!file.toString().matches("(?i).*\\.(json|html|csv|txt)")) {
            throw new IllegalArgumentException(
                    "--report takes a file that ends in .json, .html, .csv or .txt: " + file);
        }
    }

    private static String inFormatOf(Path file, Report report) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return JsonReport.write(report);
        }
        if (name.endsWith(".html")) {
            return HtmlReport.write(report);
        }
        return name.endsWith(".csv") ? CsvReport.write(report) : TextReport.write(report);
    }

    private Report run(long seed) throws IOException {
        RequestBodies bodies = options.bodies();
        Rehearsal.run();
        Instant started = Instant.now();
        Optional<TelemetryTruth> truth =
                management == null ? Optional.empty() : Optional.of(TelemetryTruth.begin(management));
        List<RunLog> logs = new ArrayList<>();
        List<Stage> stages = new ArrayList<>();
        Knee knee = null;
        String digest = null;
        String runId = "load-" + Long.toString(started.toEpochMilli(), 36) + "-";
        try (LoadRun load = new LoadRun(options.url(), options.key(), bodies, options.loops())) {
            Stages runner = new Stages(load, runId, logs, stages);
            if (options.sweep()) {
                knee = runner.sweep(seed);
            } else {
                Plan plan = options.plan(seed);
                digest = digest(plan);
                runner.run("run", plan, options.offeredRate(), options.lanesOrNull());
            }
        }
        Truth compared = truth.isEmpty()
                ? null
                : truth.get().compare(logs, bodies.path(), runId, Duration.ofNanos(Durations.nanos(settle)));
        return new Report(
                Report.FORMAT,
                new Report.Run(
                        started.truncatedTo(ChronoUnit.SECONDS).toString(),
                        options.url().toString(),
                        options.model(),
                        bodies.path(),
                        bodies.stream(),
                        options.words(),
                        seed,
                        digest,
                        objectives(options.objectives()),
                        client()),
                verdict(stages, knee),
                stages,
                knee,
                compared);
    }

    /** Of a sweep only the knee's stage counts: those beyond it are meant to drift. */
    private static Verdict verdict(List<Stage> stages, @Nullable Knee knee) {
        if (knee == null) {
            return stages.get(0).verdict();
        }
        return stages.stream()
                .filter(stage -> stage.name().equals(knee.stage()))
                .map(Stage::verdict)
                .findFirst()
                .orElse(Verdict.INVALID);
    }

    private static Map<String, Double> objectives(Objectives objectives) {
        Map<String, Double> limits = new TreeMap<>();
        objectives
                .limitNanos()
                .forEach((metric, nanos) -> limits.put(metric.name().toLowerCase(Locale.ROOT), nanos / 1e6));
        return limits;
    }

    private static String client() {
        return System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors, Java "
                + Runtime.version();
    }

    private static @Nullable String digest(Plan plan) {
        if (plan.pacing().size() == Plan.UNLIMITED) {
            return null;
        }
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            plan.lines().forEach(line -> sha.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Runs plans one after the other; a stage begins when the one before has drained. */
    private final class Stages {

        private final LoadRun load;
        private final String runId;
        private final List<RunLog> logs;
        private final List<Stage> stages;

        private Stages(LoadRun load, String runId, List<RunLog> logs, List<Stage> stages) {
            this.load = load;
            this.runId = runId;
            this.logs = logs;
            this.stages = stages;
        }

        private Stage run(String name, Plan plan, @Nullable Double rate, @Nullable Integer lanes) {
            RunMonitor monitor = new RunMonitor();
            Optional<Progress> shown = showProgress(name, plan, monitor);
            RunLog log;
            try {
                log = load.run(plan, options.driver(runId + stages.size() + "-"), monitor)
                        .join();
            } finally {
                shown.ifPresent(Progress::close);
            }
            logs.add(log);
            Stage stage = StageBuilder.build(name, rate, lanes, log, options.objectives(), options.limitsInFlight());
            stages.add(stage);
            return stage;
        }

        private Knee sweep(long seed) throws IOException {
            int lanes = options.sweepLanes();
            Stage saturated = run("capacity", options.saturating(lanes, seed), null, lanes);
            double capacity = saturated.throughput().requestsPerSecond();
            if (!(capacity > 0)) {
                throw new IllegalArgumentException("no request was completed within --duration: "
                        + saturated.counts().errors());
            }
            List<Stage> open = new ArrayList<>();
            for (double share : options.shares()) {
                double rate = share * capacity;
                String name = String.format(Locale.ROOT, "%.0f %%", 100 * share);
                open.add(run(name, options.stage(rate, seed + open.size() + 1), rate, null));
            }
            return Sweep.knee(capacity, open);
        }
    }

    private Optional<Progress> showProgress(String stage, Plan plan, RunMonitor monitor) {
        boolean terminal = isTerminal();
        if (!(progress == null ? terminal : progress)) {
            return Optional.empty();
        }
        int size = plan.pacing().size();
        OptionalDouble count = size == Plan.UNLIMITED ? OptionalDouble.empty() : OptionalDouble.of(size);
        OptionalDouble seconds = plan.pacing().durationNanos().isPresent()
                ? OptionalDouble.of(plan.pacing().durationNanos().getAsLong() / 1e9)
                : OptionalDouble.empty();
        return Optional.of(
                new Progress(spec.commandLine().getErr(), terminal, stage, monitor, new Expected(count, seconds)));
    }

    @SuppressWarnings("SystemConsoleNull") // Java 17 gives null, later ones are asked
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException beforeJava22) {
            return true;
        }
    }
}
