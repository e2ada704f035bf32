package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vitrine.server.alerting.Links;
import io.vitrine.server.alerting.delivery.DeliverySettings;
import io.vitrine.server.alerting.delivery.ReceiverCheck;
import io.vitrine.server.alerting.delivery.Receivers;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--alerts",
            paramLabel = "FILE",
            required = true,
            description = "The file with the section receivers.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path alerts;

    @Parameters(paramLabel = "NAME", description = "Its name in the section receivers.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String name;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ServerConfig config = options.read().config();
        JsonNode receivers = new YAMLMapper().readTree(alerts.toFile()).path("receivers");
        ReceiverCheck.Result result = ReceiverCheck.run(
                Receivers.read(receivers, new ConfigReader()::variable),
                name,
                DeliverySettings.usual(links(config)),
                Clock.systemUTC());
        PrintWriter out = result.accepted()
                ? spec.commandLine().getOut()
                : spec.commandLine().getErr();
        out.println((result.accepted() ? "accepted: " : "vitrine: not accepted: ") + result.detail());
        out.flush();
        return result.accepted() ? 0 : 1;
    }

    private static Links links(ServerConfig config) {
        URI console = URI.create("http://" + config.server().managementHost() + ":"
                + config.server().managementPort() + "/console");
        return new Links(console, URI.create("docs/runbooks/"));
    }
}
