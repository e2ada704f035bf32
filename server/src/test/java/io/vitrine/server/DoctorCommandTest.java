package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code doctor} on this machine; what it says of others is {@code DiagnosisTest}'s. */
class DoctorCommandTest {

    @TempDir
    private Path data;

    private final StringWriter out = new StringWriter();

    @Test
    void namesATakenPortAsTheFault() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exit = run("--set", "server.port=" + taken.getLocalPort());

            assertThat(exit).isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("FAULT +server.port +127.0.0.1:" + taken.getLocalPort() + " cannot be had")
                    .contains("mend: stop what listens there", "The server does not start here: ");
        }
    }

    @Test
    void knowsAServerThatRunsAlready() {
        try (TestServer server = TestServer.start()) {
            run("--format", "json", "--set", "server.port=" + server.server().apiPort());

            assertThat(finding("server.port").at("/grade").asText()).isEqualTo("ok");
            assertThat(finding("server.port").at("/found").asText()).contains("runs already");
        }
    }

    @Test
    void tellsAProgramEveryFinding() {
        run("--format", "json", "--set", "server.port=0");

        JsonNode findings = TestServer.parse(out.toString()).get("findings");
        assertThat(findings.findValuesAsText("name"))
                .contains("java", "memory", "disk", "clock", "model", "gpu", "file-handles", "huge-pages", "proxies");
        assertThat(finding("model").at("/mend").asText()).contains("models pull");
    }

    private JsonNode finding(String name) {
        for (JsonNode finding : TestServer.parse(out.toString()).get("findings")) {
            if (finding.get("name").asText().equals(name)) {
                return finding;
            }
        }
        throw new AssertionError(name + " is not in " + out);
    }

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "doctor",
                "--data",
                data.toString(),
                "--set",
                "server.management-port=0",
                "--set",
                "gpu.library=none.so"));
        arguments.addAll(List.of(more));
        return Main.commandLine().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
    }
}
