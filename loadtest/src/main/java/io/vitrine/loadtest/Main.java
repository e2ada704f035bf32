package io.vitrine.loadtest;

import java.io.PrintWriter;

import io.vitrine.loadtest.overhead.OverheadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The command line of load generator and overhead experiment. Exit code 0 is a success, 1 a failure, 2 a command that cannot be understood, 3 a run whose numbers
 * must not be trusted.
 */
@Command(
        name = "vitrine",
        mixinStandardHelpOptions = true,
        subcommands = {LoadCommand.class, OverheadCommand.class})
public final class Main implements Runnable {

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandLine.Model.CommandSpec spec;

    Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure, command.getErr()));
    }

    /** A command alone means nothing. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    private static int report(Exception failure, PrintWriter err) {
        boolean refused = failure instanceof IllegalArgumentException;
        err.println("vitrine: " + (refused ? failure.getMessage() : failure.toString()));
        err.flush();
        return refused ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
}
