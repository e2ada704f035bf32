package io.vitrine.server;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.alerting.plan.AlertmanagerConfig;
import io.vitrine.alerting.plan.YamlText;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.PrometheusRules;
import io.vitrine.alerting.rules.Scenario;
import io.vitrine.server.alerting.AlertPlans;
import io.vitrine.server.alerting.AlertViews;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig.AlertsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Alert rules as configured. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | test | export)",
        description = "Shows, tests and exports the alert rules: the shipped ones and those of alerts.file.")
final class RulesCommand {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** What rules are exported for. */
    enum ExportTarget {
        PROMETHEUS,
        ALERTMANAGER
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows every rule.")
    int list(
            @Mixin CommonOptions options,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        List<AlertRule> rules = plan(options).rules();
        if (format == OutputFormat.JSON) {
            print(ApiJson.ascii(
                            Map.of("rules", rules.stream().map(AlertViews::rule).toList())) + "\n");
            return 0;
        }
        TextTable table = new TextTable("RULE", "SEVERITY", "AREA", "FIRES", "FOR", "CLEARS", "FOR", "RUNBOOK");
        rules.forEach(rule -> table.add(
                rule.name(),
                rule.severity().name(),
                rule.labels().getOrDefault("area", ""),
                rule.fires().toString(),
                PromDuration.format(rule.holdFor()),
                rule.clears().toString(),
                PromDuration.format(rule.clearFor()),
                rule.runbook()));
        print(table.toString());
        return 0;
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = {
                "Runs the scenarios of alerts.file: series that must make a rule fire by a time, or leave it silent.",
                "Exit code 1 if one does not go as it should."
            })
    int test(@Mixin CommonOptions options) {
        AlertPlan plan = plan(options);
        Map<String, AlertRule> rules = plan.rules().stream().collect(Collectors.toMap(AlertRule::name, rule -> rule));
        int failed = 0;
        for (Scenario scenario : plan.scenarios()) {
            AlertRule rule = rules.get(scenario.rule());
            Optional<Alert> fired = rule == null ? Optional.empty() : scenario.firstFiring(rule);
            boolean ok = fired.isPresent() == scenario.fires();
            failed += ok ? 0 : 1;
            print((ok ? "ok      " : "FAILED  ") + scenario
                    + fired.map(alert -> " after " + alert.changedMillis() / 1_000 + " s: " + alert.summary())
                            .orElse("")
                    + "\n");
        }
        print(plan.scenarios().size() + " scenarios, " + failed + " failed\n");
        return failed == 0 ? 0 : 1;
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = {
                "Prints the rules for Prometheus (2.42 or later), or the routing for Alertmanager.",
                "Receivers are exported by name: their settings and secrets stay here."
            })
    int export(
            @Mixin CommonOptions options,
            @Option(
                            names = "--format",
                            required = true,
                            paramLabel = "FORMAT",
                            description = "prometheus or alertmanager.")
                    ExportTarget target) {
        AlertsConfig alerts = options.read().config().alerts();
        AlertPlan plan = AlertPlans.read(alerts);
        print(
                switch (target) {
                    case PROMETHEUS ->
                        YamlText.of(PrometheusRules.document(
                                "vitrine", plan.rules(), alerts.delivery().runbookUrl()));
                    case ALERTMANAGER -> YamlText.of(AlertmanagerConfig.document(plan));
                });
        return 0;
    }

    private static AlertPlan plan(CommonOptions options) {
        return AlertPlans.read(options.read().config().alerts());
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
