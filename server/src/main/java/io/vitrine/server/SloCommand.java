package io.vitrine.server;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.server.alerting.AlertPlans;
import io.vitrine.server.alerting.AlertsOnDisk;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Objectives and their error budgets. */
@Command(
        name = "slo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows every objective: share of good events, error budget left, burn rates, time to exhaustion;",
            "from the ledger, with the server running or not."
        })
final class SloCommand implements Callable<Integer> {

    private static final String UNKNOWN = "–";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private CommonOptions options = new CommonOptions();

    @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
    private OutputFormat format = OutputFormat.TABLE;

    @Override
    public Integer call() {
        ServerConfig config = options.read().config();
        AlertPlan plan = AlertPlans.read(config.alerts());
        List<Map<String, Object>> objectives;
        try (Ledger ledger = Ledger.openBeside(TenantRegistry.ledger(config))) {
            objectives = AlertsOnDisk.objectives(
                    ledger.alerts(), plan.objectives(), Clock.systemUTC().millis());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                format == OutputFormat.JSON
                        ? ApiJson.ascii(Map.of("objectives", objectives)) + "\n"
                        : table(objectives));
        out.flush();
        return 0;
    }

    private static String table(List<Map<String, Object>> objectives) {
        TextTable table = new TextTable(
                "OBJECTIVE", "LABELS", "TARGET", "GOOD", "BUDGET LEFT", "BURNS 1h", "6h", "3d", "EXHAUSTED IN");
        objectives.forEach(objective -> table.add(
                String.valueOf(objective.get("objective")),
                labels(objective.get("labels")),
                percent(objective.get("target")),
                percent(objective.get("compliance")),
                percent(objective.get("budget_left")),
                burnRate(objective, "1h"),
                burnRate(objective, "6h"),
                burnRate(objective, "3d"),
                objective.get("exhausted_in_seconds") instanceof Long seconds ? days(seconds) : UNKNOWN));
        return table.toString();
    }

    private static String labels(@Nullable Object labels) {
        return labels instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(" "))
                : "";
    }

    private static String percent(@Nullable Object share) {
        return share instanceof Double number ? String.format(Locale.ROOT, "%.2f %%", number * 100) : UNKNOWN;
    }

    private static String burnRate(Map<String, Object> objective, String window) {
        return objective.get("windows") instanceof Map<?, ?> windows
                        && windows.get(window) instanceof Map<?, ?> values
                        && values.get("burn_rate") instanceof Double rate
                ? String.format(Locale.ROOT, "%.2f", rate)
                : UNKNOWN;
    }

    private static String days(long seconds) {
        Duration left = Duration.ofSeconds(seconds);
        return left.toDays() + " d " + left.toHoursPart() + " h";
    }
}
