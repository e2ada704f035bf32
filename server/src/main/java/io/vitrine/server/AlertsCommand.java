package io.vitrine.server;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import io.vitrine.alerting.query.PromDuration;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.alerting.AlertPlans;
import io.vitrine.server.alerting.AlertsOnDisk;
import io.vitrine.server.alerting.Silences;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Alerts and silences. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        subcommands = TestReceiverCommand.class,
        synopsisSubcommandLabel = "(list | silence | expire | test-receiver)",
        description = {
            "Shows alerts and changes silences, with the server running or not.",
            "A running server follows within a second."
        })
final class AlertsCommand {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Shows pending and firing alerts, and silences, as of the last evaluation that was saved.")
    int list(
            @Mixin CommonOptions options,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        ServerConfig config = options.read().config();
        long now = Clock.systemUTC().millis();
        try (Ledger ledger = Ledger.openBeside(TenantRegistry.ledger(config))) {
            List<Map<String, Object>> alerts =
                    AlertsOnDisk.alerts(ledger.alerts(), AlertPlans.read(config.alerts()), now);
            List<Map<String, Object>> silences = AlertsOnDisk.silences(ledger.alerts(), now);
            print(
                    format == OutputFormat.JSON
                            ? ApiJson.ascii(Map.of("alerts", alerts, "silences", silences)) + "\n"
                            : table(alerts, silences));
        }
        return 0;
    }

    private static String table(List<Map<String, Object>> alerts, List<Map<String, Object>> silences) {
        TextTable table = new TextTable("SEVERITY", "STATE", "ALERT", "SINCE", "SUPPRESSED", "SUMMARY");
        alerts.forEach(alert -> table.add(
                text(alert, "severity"),
                Boolean.TRUE.equals(alert.get("acknowledged")) ? "acknowledged" : text(alert, "state"),
                text(alert, "alert"),
                text(alert, "changed"),
                text(alert, "suppressed"),
                text(alert, "summary")));
        if (silences.isEmpty()) {
            return table.toString();
        }
        TextTable silenced = new TextTable("SILENCE", "UNTIL", "WHO", "MATCHERS", "WHY");
        silences.forEach(silence -> silenced.add(
                text(silence, "id"),
                text(silence, "until"),
                text(silence, "who"),
                String.valueOf(silence.get("matchers")),
                text(silence, "why")));
        return table + "\n" + silenced;
    }

    private static String text(Map<String, Object> object, String key) {
        return String.valueOf(object.getOrDefault(key, ""));
    }

    @Command(
            name = "silence",
            mixinStandardHelpOptions = true,
            description = {
                "Keeps alerts from sending messages for a while: vitrine alerts silence --for 2h --why 'new disk'",
                "alertname=DiskNearlyFull. An alert must pass every matcher; =, !=, =~ and !~ are as in Alertmanager."
            })
    int silence(
            @Mixin CommonOptions options,
            @Option(names = "--for", required = true, paramLabel = "DURATION", description = "Such as 30m, 2h or 1d.")
                    String length,
            @Option(names = "--why", required = true, paramLabel = "TEXT", description = "Shown with the silence.")
                    String why,
            @Parameters(arity = "1..*", paramLabel = "MATCHER", description = "Such as severity=P2 or model=~smol.*")
                    List<String> matchers) {
        try (Ledger ledger = ledger(options)) {
            Map<String, Object> silence = new Silences(ledger.alerts(), new SecureRandom())
                    .add(matchers, length(length), why, actor("silence"), Clock.systemUTC().millis())
                    .join();
            print(silence.get("id") + " until " + silence.get("until") + "\n");
            return 0;
        } catch (CompletionException e) {
            throw refused(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private static Duration length(String text) {
        return PromDuration.parse(text);
    }

    @Command(name = "expire", mixinStandardHelpOptions = true, description = "Ends a silence.")
    int expire(@Mixin CommonOptions options, @Parameters(paramLabel = "SILENCE", description = "Its id.") String id) {
        try (Ledger ledger = ledger(options)) {
            boolean ended = new Silences(ledger.alerts(), new SecureRandom())
                    .expire(id, actor("expire"), Clock.systemUTC().millis())
                    .join();
            if (!ended) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("vitrine: there is no silence " + ShownText.escaped(id)
                        + " that has not ended; vitrine alerts list shows those there are");
                err.flush();
            }
            return ended ? 0 : 1;
        }
    }

    private static String actor(String command) {
        return TenantsOnDisk.actor("alerts " + command);
    }

    private static Ledger ledger(CommonOptions options) {
        return Ledger.openBeside(TenantRegistry.ledger(options.read().config()));
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
