package io.vitrine.loadtest;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.vitrine.loadtest.FakeVitrine.Fault;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.report.JsonReport;
import io.vitrine.loadtest.report.Report;
import io.vitrine.loadtest.report.Report.Agreement;
import io.vitrine.loadtest.report.Report.Counts;
import io.vitrine.loadtest.report.Report.TruthLine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/** The command against a real HTTP server. The machine's speed decides about some checks, so no test relies on a valid run. */
class LoadCommandTest {

    @TempDir
    private Path folder;

    private final FakeVitrine server = new FakeVitrine();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void loadsAServerAndWritesReports() throws Exception {
        Path json = folder.resolve("r.json");
        int exit = load(
                "--concurrency",
                "3",
                "--requests",
                "30",
                "--output-tokens",
                "8",
                "--api-key",
                "secret",
                "--loops",
                "2",
                "--report",
                json + "," + folder.resolve("r.html") + "," + folder.resolve("r.csv"));

        Report report = JsonReport.read(json);
        Counts counts = report.stages().get(0).counts();
        assertThat(counts.offered()).isEqualTo(30);
        assertThat(counts.completed()).isEqualTo(30);
        assertThat(counts.outputTokens()).isEqualTo(240);
        assertThat(exit).isEqualTo(report.verdict() == Verdict.INVALID ? 3 : 0);
        assertThat(server.headers).hasSize(30).containsOnly("/v1/chat/completions Bearer secret");
        assertThat(Files.readString(folder.resolve("r.html"))).contains("</html>");
        assertThat(Files.readAllLines(folder.resolve("r.csv"))).hasSize(31);
        assertThat(out.toString()).contains("30 offered: 30 completed");
    }

    @Test
    void endsWithThreeAndSaysWhyWhenAnswersAreTooShort() {
        server.fault = Fault.HALF_AN_ANSWER;

        int exit = load("--requests", "15", "--output-tokens", "8");

        assertThat(exit).isEqualTo(3);
        assertThat(out.toString()).startsWith("INVALID").contains("output_length: 50 % of the planned tokens");
    }

    @Test
    void acceptsAUrlThatEndsInV1() {
        assertThat(run(
                        "load",
                        "--url",
                        server.url() + "/v1",
                        "--model",
                        "m",
                        "--requests",
                        "1",
                        "--api",
                        "completions"))
                .isIn(0, 3);
        assertThat(server.headers.get(0)).startsWith("/v1/completions ");
    }

    @ParameterizedTest
    @CsvSource({"REFUSES, refused, http_429", "CLOSES_EARLY, failed, stream_broken"})
    void countsErrorsByKind(Fault fault, String outcome, String kind) throws Exception {
        server.fault = fault;
        Path json = folder.resolve("r.json");

        int exit = load("--requests", "12", "--rate", "1000", "--report", json.toString());

        Counts counts = JsonReport.read(json).stages().get(0).counts();
        assertThat(exit).isEqualTo(3);
        assertThat(counts.errors()).containsEntry(kind, 12L);
        assertThat(outcome.equals("refused") ? counts.refused() : counts.failed())
                .isEqualTo(12);
    }

    @Test
    void countsAServerThatIsNotThereAsNoConnection() throws Exception {
        Path json = folder.resolve("r.json");
        server.close();

        int exit = load("--requests", "3", "--report", json.toString());

        assertThat(exit).isEqualTo(3);
        assertThat(JsonReport.read(json).stages().get(0).counts().errors()).containsEntry("no_connection", 3L);
    }

    @Test
    void closesTheStreamOfARequestThatTimesOut() throws Exception {
        server.fault = Fault.NEVER_ENDS;
        Path json = folder.resolve("r.json");

        load(
                "--requests",
                "2",
                "--timeout",
                "50ms",
                "--report",
                json.toString(),
                "--management",
                server.url().toString());

        Report report = JsonReport.read(json);
        assertThat(report.stages().get(0).counts().errors()).containsEntry("client_timeout", 2L);
        assertThat(report.truth().agrees()).isTrue();
    }

    @Test
    void savesAPlanThatIsTheSameForItsSeed() throws Exception {
        Path one = folder.resolve("one.jsonl");
        Path other = folder.resolve("other.jsonl");
        for (Path file : List.of(one, other)) {
            assertThat(load("--rate", "5", "--duration", "20s", "--seed", "4", "--save-plan", file.toString()))
                    .isZero();
        }

        assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(other)).isNotEmpty();
        assertThat(server.headers).isEmpty();
        assertThat(load("--replay", one.toString(), "--speed", "1000")).isIn(0, 3);
        assertThat(server.headers).hasSize(Files.readAllLines(one).size());
    }

    @Test
    void sweepsFromTheCapacityDown() throws Exception {
        Path json = folder.resolve("r.json");

        load(
                "--sweep",
                "--concurrency",
                "2",
                "--duration",
                "1s",
                "--sweep-shares",
                "0.1,0.05",
                "--arrivals",
                "constant",
                "--output-tokens",
                "2",
                "--report",
                json.toString());

        Report report = JsonReport.read(json);
        assertThat(report.stages()).extracting(Report.Stage::name).containsExactly("capacity", "5 %", "10 %");
        assertThat(report.knee()).isNotNull();
        assertThat(report.knee().capacity())
                .isEqualTo(report.stages().get(0).throughput().requestsPerSecond());
        assertThat(out.toString()).contains("knee: ");
    }

    @Test
    void comparesTwoReports() throws Exception {
        Path json = folder.resolve("r.json");
        load("--requests", "30", "--report", json.toString());
        out.getBuffer().setLength(0);

        assertThat(run("load", "compare", json.toString(), json.toString())).isIn(0, 3);
        assertThat(out.toString()).contains("e2e p50").contains("no difference shown");
    }

    @Test
    void agreesWithAServerThatTellsTheTruth() throws Exception {
        assertThat(differences(Fault.NONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "COUNTER_LACKS_A_REQUEST, counters requests",
        "LOG_HAS_OTHER_TOKENS, logs completed with other tokens",
        "LOG_LACKS_A_LINE, logs last events of requests",
        "SPAN_HAS_OTHER_TOKENS, spans with other tokens",
        "LEDGER_HAS_A_TOKEN_MORE, ledger output tokens",
        "HISTOGRAM_IS_TEN_TIMES_TOO_SLOW, histograms request duration p50"
    })
    void findsWhatTelemetryHasWrong(Fault fault, String line) throws Exception {
        assertThat(differences(fault)).anyMatch(difference -> difference.startsWith(line));
    }

    private List<String> differences(Fault fault) throws Exception {
        server.fault = fault;
        Path json = folder.resolve("r.json");
        load(
                "--requests",
                "15",
                "--output-tokens",
                "4",
                "--management",
                server.url().toString(),
                "--settle",
                "0.5s",
                "--report",
                json.toString());
        return JsonReport.read(json).truth().lines().stream()
                .filter(line -> line.agreement() == Agreement.DIFFERS)
                .map(LoadCommandTest::words)
                .toList();
    }

    private static String words(TruthLine line) {
        return line.signal() + " " + line.quantity();
    }

    @ParameterizedTest
    @CsvSource({
        "--rate 0 --requests 1, --rate must be > 0",
        "--rate 1 --concurrency 2, one of --concurrency",
        "--requests 0, --requests must be >= 1",
        "--concurrency 0, concurrency must be from 1",
        "--report x.pdf, ends in .json",
        "--input-tokens many, a length is",
        "--duration soon, a time is",
        "--slo fast, an objective is",
        "--body [], must be a JSON object",
        "--cancel 2, share of cancelled",
        "--loops 0, event loops must be",
        "--sweep --sweep-shares 0, --sweep-shares must be",
        "--arrivals gamma --gamma-shape 0 --rate 5, shape of gamma"
    })
    void refusesWhatItCannotDo(String options, String message) {
        assertThat(load(options.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(server.headers).isEmpty();
    }

    @Test
    void refusesARunWithoutServerOrModel() {
        assertThat(run("load", "--model", "m")).isEqualTo(2);
        assertThat(err.toString()).contains("--url is missing");
        assertThat(run("load", "--url", "ftp://x", "--model", "m")).isEqualTo(2);
        assertThat(run("load", "--url", "http://x")).isEqualTo(2);
        assertThat(err.toString()).contains("--model is missing");
    }

    private int load(String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("load", "--url", server.url().toString(), "--model", "m"));
        arguments.addAll(Arrays.asList(options));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(Stream.of(arguments).toArray(String[]::new));
    }
}
