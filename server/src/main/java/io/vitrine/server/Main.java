package io.vitrine.server;

import java.io.PrintWriter;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. Exit code 0 is a success, 1 a failure, 2 a command that cannot be understood. */
@Command(
        name = "vitrine",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionProvider.class,
        subcommands = {
            ServeCommand.class,
            ModelsCommand.class,
            TelemetryCommand.class,
            GpuCommand.class,
            KeysCommand.class,
            TenantsCommand.class,
            CostsCommand.class,
            StoreCommand.class,
            IncidentsCommand.class,
            RulesCommand.class,
            SloCommand.class,
            AlertsCommand.class,
            DoctorCommand.class
        },
        description = "An LLM inference server that one can see through.",
        footer = {"", "Beside these: ./vitrine load, which measures a server from outside, and ./vitrine test."})
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Shows where in the program an error came from.")
    private boolean verbose;

    Main() {}

    public static void main(String[] arguments) {
        int exitCode;
        try {
            exitCode = commandLine().execute(arguments);
        } catch (Throwable e) { // an Error, which no command line handler gets: other threads would keep the process
            System.err.println("vitrine: " + Failures.inWords(e));
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> main.report(failure, command.getErr()));
    }

    /** A command alone means nothing. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private int report(Exception failure, PrintWriter err) {
        err.println("vitrine: " + Failures.inWords(failure));
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.flush();
        return 1;
    }

    /** Tells picocli which Vitrine this is. */
    static final class VersionProvider implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"vitrine " + Version.current(), "Java " + Runtime.version()};
        }
    }
}
