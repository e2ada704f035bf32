package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.vitrine.server.config.ServerConfig;
import io.vitrine.store.ExportFormat;
import io.vitrine.store.StoreBackup;
import io.vitrine.store.telemetry.Export;
import io.vitrine.store.telemetry.PlannedDeletion;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.TelemetryStore;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stored telemetry, from the outside: also beside a running server, since files are moved by one process at a time. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(status | preview | cleanup | export | backup | delete-tenant)",
        description = "Shows, exports and deletes stored telemetry; with the server running or stopped.")
final class StoreCommand implements Runnable {

    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** How answers are printed. */
    enum Format {
        TABLE,
        JSON
    }

    /** A command alone means nothing. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "status, preview, cleanup, export, backup or delete-tenant?");
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "What is stored, by tier and signal: files, bytes, first and last day.")
    int status(@Mixin CommonOptions options, @Mixin Output output) {
        return with(options, store -> {
            print(output, StoreReport.status(store.contents()));
            return 0;
        });
    }

    @Command(
            name = "preview",
            mixinStandardHelpOptions = true,
            description = "What retention has no more room for, and why; deletes nothing.")
    int preview(@Mixin CommonOptions options, @Mixin Output output) {
        return with(options, store -> {
            print(output, StoreReport.deletions(store.preview()));
            return 0;
        });
    }

    @Command(
            name = "cleanup",
            mixinStandardHelpOptions = true,
            description = {
                "Deletes what preview shows, without the grace time that a server gives it.",
                "Asks for --now, so that nobody deletes by mistake."
            })
    int cleanup(
            @Mixin CommonOptions options,
            @Mixin Output output,
            @Option(names = "--now", description = "Deletes; without it this is preview.") boolean now) {
        return with(options, store -> {
            List<PlannedDeletion> files = now ? store.cleanupNow() : store.preview();
            print(output, StoreReport.deletions(files));
            if (!now && !files.isEmpty()) {
                spec.commandLine().getErr().println("nothing was deleted; --now deletes these");
            }
            return 0;
        });
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes one signal of a stretch of time to a file, by time.")
    int export(
            @Mixin CommonOptions options,
            @Mixin Output output,
            @Parameters(paramLabel = "SIGNAL", description = "${COMPLETION-CANDIDATES}.") Signal signal,
            @Parameters(paramLabel = "FILE", description = "It ends in .csv or .parquet.") Path file,
            @Option(
                            names = "--from",
                            paramLabel = "TIME",
                            required = true,
                            description = "A day such as 2026-11-24, or a time such as 2026-11-24T12:00:00Z.")
                    String from,
            @Option(
                            names = "--to",
                            paramLabel = "TIME",
                            description = "The same, not included (default: now; of a day its end).")
                    @Nullable
                    String to) {
        TimeRange range = range(from, to);
        ExportFormat format = format(file);
        return with(options, store -> {
            Export done = store.export(signal, range, file, format);
            print(
                    output,
                    StoreReport.of(
                            List.of("signal", "file", "rows", "damaged files"),
                            List.of(signal.table(), file.toString(), done.rows(), String.join(" ", done.setAside()))));
            return done.setAside().isEmpty() ? 0 : 1;
        });
    }

    @Command(
            name = "backup",
            mixinStandardHelpOptions = true,
            description = {
                "Copies ledger and stored telemetry to a new folder, which can take the place of DATA/store.",
                "Works while the server runs. DATA/store/pepper is left out: keep it apart, without it no key is good."
            })
    int backup(
            @Mixin CommonOptions options,
            @Mixin Output output,
            @Parameters(paramLabel = "DIR", description = "A folder that does not exist yet.") Path directory)
            throws IOException {
        Path store = options.read().config().data().resolve("store");
        StoreBackup.Receipt receipt = StoreBackup.take(store, directory);
        print(
                output,
                StoreReport.of(
                        List.of("folder", "files", "bytes", "gone meanwhile"),
                        List.of(
                                directory.toString(),
                                receipt.files().size(),
                                receipt.bytes(),
                                receipt.missed().size())));
        return 0;
    }

    @Command(
            name = "delete-tenant",
            mixinStandardHelpOptions = true,
            description = {
                "Deletes what is stored of a tenant: telemetry in every tier, its lines in the log files, what its users thought;",
                "and its request ids where others' rows have them. Prints a receipt: which files, how many rows, what is kept and why."
            })
    int deleteTenant(
            @Mixin CommonOptions options,
            @Mixin Output output,
            @Parameters(paramLabel = "TENANT", description = "The tenant's name.") String tenant,
            @Option(
                            names = "--pseudonymise-ledger",
                            description = {
                                "Puts its cost entries, which are a legal record, under a name made at random, without key, trace and",
                                "request id. Its budgets begin anew then: for a tenant that has been removed."
                            })
                    boolean pseudonymise) {
        ServerConfig config = options.read().config();
        try (TelemetryStore store = StoreStart.open(config)) {
            TenantPurge.Receipt receipt = TenantPurge.run(config, store, tenant, pseudonymise);
            print(output, StoreReport.receipt(receipt));
            return receipt.complete() ? 0 : 1;
        }
    }

    /** How the answer is printed. */
    static final class Output {

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                defaultValue = "table",
                description = "${COMPLETION-CANDIDATES} (default: table).")
        private Format format = Format.TABLE;
    }

    private int with(CommonOptions options, Function<TelemetryStore, Integer> work) {
        try (TelemetryStore store = StoreStart.open(options.read().config())) {
            return work.apply(store);
        }
    }

    private void print(Output output, StoreReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(output.format == Format.JSON ? report.json() : report.table());
        out.flush();
    }

    private TimeRange range(String from, @Nullable String to) {
        Instant start = instant("--from", from, 0);
        Instant end = to == null ? Instant.now() : instant("--to", to, 1);
        if (end.isBefore(start)) {
            throw new ParameterException(spec.commandLine(), "--from must not be after --to, " + end + ": " + start);
        }
        return TimeRange.of(start, end);
    }

    private Instant instant(String option, String text, int daysLater) {
        try {
            Instant time = text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(daysLater)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
            if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                throw new DateTimeException("outside of 1970 to 2200");
            }
            return time;
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be a day such as 2026-11-24 or a time such as 2026-11-24T12:00:00Z,"
                            + " from 1970 to 2200: " + text,
                    e);
        }
    }

    private ExportFormat format(Path file) {
        Map<String, ExportFormat> byEnding = Map.of(".csv", ExportFormat.CSV, ".parquet", ExportFormat.PARQUET);
        return byEnding.entrySet().stream()
                .filter(ending -> file.toString().endsWith(ending.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() ->
                        new ParameterException(spec.commandLine(), "the file must end in .csv or .parquet: " + file));
    }
}
