package io.vitrine.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class TestReceiverCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer endpoint;
    private int status = 200;
    private Path alerts;

    @BeforeEach
    void start() throws Exception {
        endpoint = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        endpoint.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] answer = (body.contains("this is a test of receiver hook") ? "got it" : "what?")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        endpoint.start();
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        alerts = Files.writeString(
                folder.resolve("alerts.yaml"),
                "receivers: {hook: {type: webhook, url: 'http://127.0.0.1:%d/', secret-file: '%s'}}"
                        .formatted(endpoint.getAddress().getPort(), secret));
    }

    @AfterEach
    void stop() {
        endpoint.stop(0);
    }

    private int run(String name) {
        return new CommandLine(new TestReceiverCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(name, "--set", "alerts.file=" + alerts);
    }

    @Test
    void printsTheAnswer() {
        assertThat(run("hook")).isZero();
        assertThat(out.toString()).isEqualTo("accepted: HTTP 200: got it" + System.lineSeparator());
    }

    @Test
    void failsIfTheReceiverRefuses() {
        status = 401;
        assertThat(run("hook")).isEqualTo(1);
        assertThat(err.toString()).contains("not accepted: HTTP 401");
    }

    @Test
    void namesTheReceiversThereAre() {
        assertThat(run("huk")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no receiver huk; configured: hook");
    }
}
