package io.vitrine.loadtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.report.Comparison;
import io.vitrine.loadtest.report.JsonReport;
import io.vitrine.loadtest.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares two reports. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description =
                "Compares two JSON reports: every latency and rate of the second against the first, with intervals.")
final class CompareCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A.json")
    private Path first = Path.of("");

    @Parameters(index = "1", paramLabel = "B.json")
    private Path second = Path.of("");

    @Override
    public Integer call() throws IOException {
        Report one = JsonReport.read(first);
        Report other = JsonReport.read(second);
        PrintWriter out = spec.commandLine().getOut();
        out.print(Comparison.text(one, other));
        out.flush();
        boolean invalid = one.verdict() == Verdict.INVALID || other.verdict() == Verdict.INVALID;
        return invalid ? LoadCommand.INVALID_RUN : 0;
    }
}
