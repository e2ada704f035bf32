package io.vitrine.server.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.vitrine.model.ModelText;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.server.ByteTokenizer;
import io.vitrine.server.LoadedModel;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends a word that occurs nowhere else by every way into the server, with everything logged that can be, and looks for it
 * in file and console: no prompt, answer, key, header, path or setting may be in a log, at any level, however it ends.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LogSecrecyTest {

    /** Told apart from everything by its spelling; the scripted model answers with the letters after its last. */
    private static final String CANARY = "canaryQzXw";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(
            value = ConsoleFormat.class,
            names = {"JSON", "HUMAN"})
    void keepsWhatCameInOutOfFileAndConsole(ConsoleFormat format) throws IOException {
        String logged = loggedBy(format, telemetry -> {
            try (TestServer server = TestServer.start(telemetry, 4, "hub.token=" + CANARY)) {
                sendEverywhere(server);
            }
        });

        assertThat(logged).contains("request_completed", "request_received").doesNotContain(CANARY);
    }

    private static void sendEverywhere(TestServer server) {
        for (String form : new String[] {"", "'stream':true,"}) {
            String chat = quoted("{" + form + "'model':'test/model','messages':[" + "{'role':'system','content':'"
                    + CANARY + "'},{'role':'user','content':'" + CANARY + "'}]}");
            server.post(TestServer.CHAT, chat);
            server.post(TestServer.CHAT, chat.replace("\"user\"", "\"refused\""));
            server.post(TestServer.CHAT, chat.replace("\"user\"", "\"" + CANARY + "\""));
            server.post(TestServer.CHAT, chat.replace("test/model", CANARY));
            server.post(TestServer.CHAT, chat.substring(0, chat.length() - 3));
            server.post(TestServer.CHAT, CANARY);
            server.post(TestServer.CHAT, chat.replace("[", "[" + CANARY));
            String completion =
                    quoted("{" + form + "'model':'test/model','prompt':'" + CANARY + "','stop':'" + CANARY + "'}");
            server.post(TestServer.COMPLETIONS, completion);
            server.post(TestServer.COMPLETIONS, completion.replace("\"prompt\"", "\"" + CANARY + "\""));
            server.post(TestServer.COMPLETIONS, completion.replace(CANARY, CANARY.repeat(500)));
            server.runner().failAt(0);
            server.post(TestServer.CHAT, chat);
        }
        server.send(server.postRequest(TestServer.CHAT, "{}")
                .header("authorization", "Bearer " + CANARY)
                .header("x-api-key", CANARY)
                .header("cookie", "session=" + CANARY)
                .header("user-agent", CANARY)
                .header(CANARY, CANARY)
                .header("x-request-id", "not a safe id " + CANARY)
                .build());
        server.send(server.postRequest(TestServer.CHAT, "{}")
                .header("authorization", "Bearer vt_" + CANARY + "0123456789012345678901234")
                .build());
        server.manage("PUT", "/api/tenants/acme", quoted("{'priority':'" + CANARY + "','x':'" + CANARY + "'}"), CANARY);
        server.manage("POST", "/api/keys", quoted("{'tenant':'default','scopes':['" + CANARY + "']}"), CANARY);
        server.manage("POST", "/api/keys/vt_" + CANARY + "/revoke", "", "");
        server.get("/v1/models?key=" + CANARY);
        server.get("/v1/models/" + CANARY);
        server.get("/" + CANARY);
        server.getManagement("/" + CANARY + "?token=" + CANARY);
        server.putManagement("/api/telemetry/logging", "application/json", quoted("{'levels':{'" + CANARY + "':'x'}}"));
        server.putManagement("/api/telemetry/logging", "application/json", CANARY);
        server.send(HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                .method(CANARY, HttpRequest.BodyPublishers.noBody())
                .build());
        exchange(server, "GET /" + CANARY + "%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        exchange(server, "GET / HTTP/1.1\r\n" + CANARY + "\r\n\r\n");
        exchange(server, CANARY + " " + CANARY + "\r\n\r\n");
        exchange(server, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + CANARY.repeat(5_000) + "\r\n\r\n");
    }

    /** What the model wrote is no different from what it read. */
    @Test
    void keepsTheAnswerOut() throws IOException {
        String answer = "abcdefghijklmnop";
        String logged = loggedBy(ConsoleFormat.JSON, telemetry -> {
            try (TestServer server = TestServer.start(telemetry, 1)) {
                String body = quoted("{'model':'test/model','prompt':'1','max_tokens':30}");
                assertThat(server.post(TestServer.COMPLETIONS, body).body()).contains(answer);
                server.stream(TestServer.COMPLETIONS, body.replace("{", "{\"stream\":true,"));
            }
        });

        assertThat(logged).doesNotContain(answer);
    }

    /** A mistake of ours that quotes a prompt: its class and place are logged, its message is not. */
    @Test
    void keepsThePromptOutOfTheStackTraceOfAFault() throws IOException {
        ChatTemplate broken = conversation -> {
            String text = conversation.messages().get(0).content();
            throw new IllegalStateException("cannot render " + text, new IllegalArgumentException(text));
        };
        String logged = loggedBy(ConsoleFormat.HUMAN, telemetry -> {
            try (TestServer server = TestServer.start(telemetry, config -> model(broken))) {
                String body = quoted("{'model':'test/model','messages':[{'role':'user','content':'" + CANARY + "'}]}");
                assertThat(server.post(TestServer.CHAT, body).statusCode()).isEqualTo(500);
            }
        });

        assertThat(logged)
                .contains("fault", "java.lang.IllegalStateException", "LogSecrecyTest")
                .doesNotContain(CANARY);
    }

    private static LoadedModel model(ChatTemplate template) {
        return new LoadedModel(
                TestModel.NAME,
                new ModelText(new ByteTokenizer(), Optional.of(template), Set.of(ByteTokenizer.END)),
                TestModel.runner(),
                1,
                0);
    }

    /** File and console together, every line of the file found valid. */
    private String loggedBy(ConsoleFormat format, Consumer<Telemetry> scenario) throws IOException {
        ByteArrayOutputStream console = new ByteArrayOutputStream();
        PrintStream standardOutput = System.out;
        System.setOut(new PrintStream(console, true, StandardCharsets.UTF_8));
        try (Telemetry telemetry = LogLines.telemetry(directory, LogLevel.TRACE, format)) {
            scenario.accept(telemetry);
        } finally {
            System.setOut(standardOutput);
        }
        LogLines.read(directory);
        return console.toString(StandardCharsets.UTF_8) + Files.readString(directory.resolve("vitrine.json"));
    }

    private static void exchange(TestServer server, String request) {
        try {
            server.exchange(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
