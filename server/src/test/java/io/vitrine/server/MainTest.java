package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class MainTest {

    @TempDir
    private Path data;

    @Test
    void tellsItsVersion() {
        Result result = run("--version");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("vitrine " + Version.current());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "serve --help", "models --help", "models pull --help", "telemetry --help"})
    void helpsEverywhere(String arguments) {
        Result result = run(arguments.split(" ", -1));

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Usage: vitrine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dance", "serve --prot 1", "models pull", "models inspect", "serve --port"})
    void aCommandThatCannotBeUnderstoodEndsWith2(String arguments) {
        Result result = run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--set=server.prot=1",
                "--port=70000",
                "--set=tenants.keys-required=perhaps",
                "--config=missing.yaml",
                "--set=engine.device=gpu",
                "--set=engine.device=cuda"
            })
    void aConfigurationThatCannotBeUsedEndsWith1AndOneLine(String option) {
        Result result = run("serve", "--data", data.toString(), option);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("vitrine: ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--set=server.host=0.0.0.0", "--set=server.management-host=0.0.0.0"})
    void anAddressThatOthersCanReachNeedsAKeyFirst(String option) {
        Result refused = serve("--port=0", "--management-port=0", option);

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(lastLine(refused.err()))
                .startsWith("vitrine: others can reach server.")
                .contains("0.0.0.0", "vitrine keys create --tenant NAME --scopes ");
    }

    @Test
    void aLedgerOfANewerVersionEndsWith1AndSaysSo() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:"
                        + Files.createDirectories(data.resolve("store")).resolve("ledger.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        Result refused = serve("--port=0", "--management-port=0");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(lastLine(refused.err())).contains("ledger.db has schema version 99");
    }

    @Test
    void aPortInUseEndsWith1AndSaysWhatWouldHelp() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Result result = serve("--port=" + port, "--management-port=0");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(lastLine(result.err()))
                    .startsWith("vitrine: cannot listen on 127.0.0.1:" + port + " (server.port): ")
                    .endsWith("Set another with --set server.port=N");
        }
    }

    @Test
    void aModelThatIsNotThereEndsWith1AndSaysSo() {
        Result result = serve("--port=0", "--management-port=0", "--model=" + data.resolve("missing.gguf"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(lastLine(result.err()))
                .startsWith("vitrine: cannot load the model '" + data.resolve("missing.gguf"));
        assertThat(result.err()).contains("  port: 0\n").doesNotContain("\tat ");
    }

    @Test
    void aGpuThatCannotBeUsedEndsWith1AndSaysWhatWouldHelpBeforeAModelIsFetched() {
        assumeThat(System.getenv("PYTORCH_LIBRARY_PATH"))
                .as("the libtorch of the jars, which has no CUDA")
                .isNull();
        Result result = serveOnGpu("--set=engine.kv-memory=64MiB");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(lastLine(result.err()))
                .startsWith("vitrine: cannot load the model '" + data.resolve("missing.gguf")
                        + "': the model is to run on cuda:0 and this libtorch has no CUDA")
                .contains("PYTORCH_FLAVOR=cu128", "PYTORCH_LIBRARY_PATH", "the CPU jar", "engine.device");
    }

    @Test
    void aGpuNeedsToBeToldHowMuchMemoryKeysAndValuesGet() {
        Result result = serveOnGpu();

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(lastLine(result.err()))
                .contains("engine.kv-memory must be a size")
                .endsWith("where engine.device is cuda:0: auto");
    }

    @Test
    void aGpuRunsNoInt8() {
        Result result = serveOnGpu("--set=engine.kv-memory=64MiB", "--set=engine.precision=int8");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(lastLine(result.err()))
                .endsWith("engine.precision must be auto, bf16 or float32 where engine.device is cuda:0: int8");
    }

    private Result serveOnGpu(String... options) {
        List<String> all = new ArrayList<>(List.of("--port=0", "--management-port=0", "--set=engine.device=cuda:0"));
        all.add("--model=" + data.resolve("missing.gguf"));
        all.addAll(List.of(options));
        return serve(all.toArray(String[]::new));
    }

    @Test
    void showsWhereAnErrorCameFromIfAsked() {
        Result result = run(
                "models", "inspect", "--verbose", data.resolve("missing.gguf").toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("vitrine: there is no file or folder ")
                .contains("\tat io.vitrine.");
    }

    @Test
    void listsNoModelsWhereThereAreNone() {
        Result result = run("models", "list", "--data", data.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("no models yet");
    }

    private Result serve(String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--data", data.toString()));
        arguments.addAll(List.of(options));
        arguments.add("--set=telemetry.logs.enabled=false");
        return run(arguments.toArray(String[]::new));
    }

    private static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static String lastLine(String text) {
        return text.lines().reduce((before, last) -> last).orElse("");
    }

    private record Result(int exitCode, String out, String err) {}
}
