package io.vitrine.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code incidents}, beside a server and without one. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class IncidentsCommandTest {

    @TempDir
    private Path data;

    private record Result(int exitCode, String out, String err) {}

    private static Result run(Path folder, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = Stream.of(Stream.of("incidents"), Stream.of(arguments), Stream.of("--data", folder.toString()))
                .flatMap(part -> part)
                .toArray(String[]::new);
        return new Result(commandLine.execute(all), out.toString(), err.toString());
    }

    private String ok(String... arguments) {
        Result result = run(data, arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }

    private String fails(int exitCode, String... arguments) {
        Result result = run(data, arguments);
        assertThat(result.exitCode()).as(result.out()).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
        return result.err();
    }

    @Test
    void worksOnAnIncidentToItsEndWithoutAServer() throws Exception {
        assertThat(ok("open", "slow answers", "--severity", "P1", "--by", "ann"))
                .isEqualTo("incident 1 is detected (P1): by hand\n");
        assertThat(fails(1, "move", "1", "triaged"))
                .isEqualTo("vitrine: a P1 needs a commander before it is triaged: assign one\n");
        ok("ack", "1", "--by", "ann");
        assertThat(ok("assign", "1", "ann", "--war-room", "#ops", "--by", "bob"))
                .isEqualTo("incident 1 is detected (P1): commander: ann, war room: #ops\n");
        ok("move", "1", "triaged", "--why", "real");
        ok("note", "1", "the disk is slow");
        ok("severity", "1", "P0", "--why", "all tenants");
        ok("move", "1", "mitigating");
        ok("resolve", "1", "--why", "another disk");
        ok("explain", "1", "a worn disk");
        ok("move", "1", "reviewed");
        assertThat(fails(1, "close", "1")).contains("a P0 needs at least one action item before it is closed");
        ok("plan", "1", "watch wear", "--owner", "bob", "--due", "2020-01-31");
        ok("close", "1");

        assertThat(ok("list").lines().map(line -> line.replaceAll(" +", " ")))
                .as("closed, but with an overdue action item")
                .hasSize(2)
                .last()
                .asString()
                .startsWith("1 P0 closed ")
                .endsWith(" ann 0/0 1 slow answers");
        ok("plan", "1", "--done", "1");
        assertThat(ok("list").lines()).hasSize(1);
        assertThat(ok("list", "--all").lines()).hasSize(2);
        assertThat(ok("show", "1"))
                .contains(
                        "INCIDENT      1", "may become    nothing else", "P1 to P0: all tenants", "done", "watch wear");
        Path file = data.resolve("post-mortem.md");
        assertThat(ok("export", "1", "--output", file.toString())).isEmpty();
        assertThat(Files.readString(file))
                .startsWith("# Incident 1: slow answers")
                .contains("- [x] watch wear");
        JsonNode exported = TestServer.parse(ok("export", "1", "--format", "json"));
        assertThat(exported.get("root_cause").asText()).isEqualTo("a worn disk");
    }

    @Test
    void refusesWhatIsNotUnderstood() {
        assertThat(fails(1, "show", "7")).isEqualTo("vitrine: there is no incident 7\n");
        assertThat(fails(1, "ack", "7")).isEqualTo("vitrine: there is no incident 7\n");
        ok("open", "x", "--severity", "p2");
        assertThat(fails(2, "move", "1", "lost")).contains("STATE must be triaged, investigating");
        assertThat(fails(2, "plan", "1", "x")).contains("plan needs TEXT, --owner and --due, or --done");
        assertThat(fails(1, "plan", "1", "--done", "1")).contains("has 0 action items, not number 1");
        assertThat(fails(1, "open", " ", "--severity", "P1")).contains("a title of 1 to 500 characters");
        assertThat(fails(1, "show", "1", "--evidence", "logs")).contains("incident 1 has no evidence logs");
        for (List<String> missing : List.of(List.of("open", "x"), List.of("note", "1"), List.of("merge", "1"))) {
            assertThat(fails(2, missing.toArray(String[]::new))).contains("Missing required");
        }
        ok("open", "y", "--severity", "P2");
        assertThat(ok("merge", "2", "1")).startsWith("incident 1 is detected (P2): incident 2 merged: y");
    }

    @Test
    void whatIsWrittenCannotSteerTheTerminal() {
        ok("open", "\u001b[2J evil", "--severity", "P2");
        ok("note", "1", "\u001b]0;x\u0007");
        for (String command : List.of("list", "show", "export")) {
            String out = command.equals("list") ? ok("list") : ok(command, "1");
            assertThat(out.replace("\n", "").codePoints()).as(command).allMatch(point -> point >= ' ' && point < 0x7f);
        }
    }

    @Test
    void aRunningServerCollectsTheEvidence() {
        try (TestServer server = TestServer.start()) {
            run(server.data(), "open", "slow answers", "--severity", "P2");

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> run(server.data(), "show", "1").out().contains("evidence: "));
            String shown = run(server.data(), "show", "1").out();
            assertThat(shown).contains("EVIDENCE", "threads", "jfr", "off (incidents.jfr)");
            assertThat(run(server.data(), "show", "1", "--evidence", "threads").out())
                    .contains("vitrine-engine");
            JsonNode exported = TestServer.parse(
                    run(server.data(), "export", "1", "--format", "json").out());
            assertThat(exported.get("evidence").findValuesAsText("content_base64"))
                    .isNotEmpty();
        }
    }
}
