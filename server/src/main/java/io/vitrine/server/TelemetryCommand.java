package io.vitrine.server;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

import io.vitrine.observability.catalogue.Catalogue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The catalogue of everything that the server tells of itself. */
@Command(
        name = "telemetry",
        mixinStandardHelpOptions = true,
        description = "Prints every metric, span, log event and log field: name, unit, meaning and allowed labels.")
final class TelemetryCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: table).")
    private CatalogueFormat format = CatalogueFormat.TABLE;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(format.print(Catalogue.sections()));
        out.flush();
        return 0;
    }
}
