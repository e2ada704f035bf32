package io.vitrine.server;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.costs.CostLine;
import io.vitrine.server.costs.CostReport;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ExportFormat;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What requests were charged and cost. */
@Command(
        name = "costs",
        mixinStandardHelpOptions = true,
        description = {
            "Shows requests, tokens, price and machine cost from the ledger, by tenant, model and day (UTC),",
            "with the server running or not."
        })
final class CostsCommand implements Callable<Integer> {

    /** In the table, where there is no price: not the same as 0. */
    private static final String UNKNOWN = "–";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private CommonOptions options = new CommonOptions();

    @Option(names = "--tenant", paramLabel = "TENANT", description = "One tenant only.")
    private @Nullable String tenant;

    @Option(names = "--from", paramLabel = "DAY", description = "First day (default: 30 days before the last).")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "DAY", description = "Last day (default: today).")
    private @Nullable String to;

    @Option(names = "--format", defaultValue = "table", description = "table, json or csv (default: table).")
    private Format format = Format.TABLE;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Writes the entries themselves, one a request, to a .csv or .parquet file instead.")
    private @Nullable Path export;

    /** How the sums are shown. */
    enum Format {
        TABLE,
        JSON,
        CSV
    }

    @Override
    public Integer call() {
        ServerConfig config = options.read().config();
        CostFilter filter = filter();
        try (Ledger ledger = Ledger.openBeside(TenantRegistry.ledger(config))) {
            if (export == null) {
                show(CostReport.of(ledger, filter));
            } else {
                export(ledger, filter, export);
            }
        }
        return 0;
    }

    private CostFilter filter() {
        LocalDate last = to == null ? LocalDate.now(Clock.systemUTC()) : day("--to", to);
        LocalDate first = from == null ? last.minusDays(CostReport.DEFAULT_DAYS - 1L) : day("--from", from);
        if (last.isBefore(first)) {
            throw refused("--to must not be before --from, " + first + ": " + last);
        }
        return new CostFilter(first, last, tenant);
    }

    private LocalDate day(String option, String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw refused(option + " takes a day such as 2026-11-24: " + text);
        }
    }

    private void export(Ledger ledger, CostFilter filter, Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".csv") && !name.endsWith(".parquet")) {
            throw refused("--export takes a file that ends in .csv or .parquet: " + file);
        }
        long entries = ledger.export(
                filter, file.toAbsolutePath(), name.endsWith(".csv") ? ExportFormat.CSV : ExportFormat.PARQUET);
        PrintWriter err = spec.commandLine().getErr();
        err.println("wrote " + entries + " entries to " + file);
        err.flush();
    }

    private void show(CostReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                switch (format) {
                    case TABLE -> table(report.lines());
                    case JSON -> ApiJson.ascii(report.object()) + "\n";
                    case CSV -> ShownText.escapedLines(report.csv());
                });
        out.flush();
    }

    private static String table(List<CostLine> lines) {
        TextTable table = new TextTable(
                "DAY",
                "TENANT",
                "MODEL",
                "REQUESTS",
                "UNPRICED",
                "INPUT",
                "CACHED",
                "OUTPUT",
                "REVENUE",
                "COST",
                "MARGIN",
                "");
        lines.forEach(line -> table.add(
                line.day(),
                line.tenant(),
                line.model(),
                Long.toString(line.requests()),
                Long.toString(line.unpricedRequests()),
                Long.toString(line.inputTokens()),
                Long.toString(line.cachedTokens()),
                Long.toString(line.outputTokens()),
                plain(line.revenue()),
                plain(line.infrastructureCost()),
                plain(line.margin()),
                line.currency()));
        return table.toString();
    }

    private static String plain(@Nullable BigDecimal amount) {
        if (amount == null) {
            return UNKNOWN;
        }
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
