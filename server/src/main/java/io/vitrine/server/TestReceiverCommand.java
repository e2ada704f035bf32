package io.vitrine.server;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;

import io.vitrine.server.alerting.AlertPlans;
import io.vitrine.server.alerting.Alerting;
import io.vitrine.server.alerting.delivery.ReceiverCheck;
import io.vitrine.server.config.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A message to one receiver, to see that its settings are right. */
@Command(
        name = "test-receiver",
        mixinStandardHelpOptions = true,
        description = {
            "Sends a test message to a receiver of notifications and prints its answer.",
            "Nothing fires by it: PagerDuty gets a resolve event, the others a message that says that it is a test."
        })
final class TestReceiverCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommonOptions options;

    @Parameters(paramLabel = "NAME", description = "Its name in the section receivers.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String name;

    @Override
    public Integer call() throws InterruptedException {
        ServerConfig config = options.read().config();
        ReceiverCheck.Result result = ReceiverCheck.run(
                Alerting.receivers(AlertPlans.read(config.alerts())), name, Alerting.settings(config), Clock.systemUTC());
        PrintWriter out = result.accepted()
                ? spec.commandLine().getOut()
                : spec.commandLine().getErr();
        out.println((result.accepted() ? "accepted: " : "vitrine: not accepted: ") + result.detail());
        out.flush();
        return result.accepted() ? 0 : 1;
    }
}
