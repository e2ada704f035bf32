package io.vitrine.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.server.ByteTokenizer;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A model that says anything, many requests at once, too few pages: every answer is valid or cut. */
class ConstrainedLoadTest {

    private static final int REQUESTS = 500;
    private static final int AT_ONCE = 16;

    private static final List<Case> CASES = List.of(
            schema("{'type': 'object', 'properties': {'name': {'type': 'string', 'maxLength': 12}, 'age': {'type':"
                    + " 'integer', 'minimum': 0, 'maximum': 150}}, 'required': ['name', 'age'],"
                    + " 'additionalProperties': false}"),
            schema("{'type': 'array', 'items': {'enum': ['red', 'green', 3, null]}, 'minItems': 1, 'maxItems': 5}"),
            schema("{'$defs': {'tree': {'type': 'object', 'properties': {'leaf': {'type': 'boolean'}, 'sons': {'type':"
                    + " 'array', 'maxItems': 2, 'items': {'$ref': '#/$defs/tree'}}}, 'required': ['leaf'],"
                    + " 'additionalProperties': false}}, '$ref': '#/$defs/tree'}"),
            schema(
                    "{'anyOf': [{'type': 'number', 'minimum': -5, 'maximum': 5}, {'type': 'string', 'format': 'date'}]}"),
            new Case("'response_format': {'type': 'json_object'}", text -> TestServer.parse(text)
                    .isObject()),
            new Case(
                    "'guided_regex': '[a-f0-9]{8}(-[a-f0-9]{4}){3}'",
                    Pattern.compile("[a-f0-9]{8}(-[a-f0-9]{4}){3}").asMatchPredicate()),
            new Case(
                    "'guided_choice': ['red', 'green', 'blue', 'reddish']",
                    List.of("red", "green", "blue", "reddish")::contains),
            new Case(
                    "'grammar': 'root ::= \\\"(\\\" root \\\")\\\" | [a-z]+'",
                    text -> text.matches("\\(*[a-z]+\\)*")
                            && text.chars().filter(c -> c == '(').count()
                                    == text.chars().filter(c -> c == ')').count()));

    private static TestServer server;

    /** Fields that state a constraint, and whether a text satisfies it. */
    private record Case(String fields, Predicate<String> holds) {}

    private static Case schema(String schema) {
        Schema oracle = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema.replace('\'', '"'), InputFormat.JSON);
        return new Case(
                "'response_format': {'type': 'json_schema', 'json_schema': {'name': 's', 'schema': " + schema + "}}",
                text -> oracle.validate(text, InputFormat.JSON).isEmpty());
    }

    @BeforeAll
    static void start() {
        // Pages for two of the longest answers, and slots for eight.
        var runner =
                new ScriptedRunner(ByteTokenizer.SIZE, TestModel.CONTEXT_LENGTH, 16, 20, ConstrainedLoadTest::anything);
        server = TestServer.start(
                TestTelemetry.metrics(), ignored -> TestModel.with(runner, 8), "engine.draft-tokens=3");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Logits that follow from the tokens and look like noise. */
    private static void anything(int[] tokens, float[] row) {
        long hash = 17;
        for (int token : tokens) {
            hash = hash * 0x9E3779B97F4A7C15L + token;
        }
        for (int id = 0; id < row.length; id++) {
            long mixed = (hash + id) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 29)) * 0x94D049BB133111EBL;
            row[id] = (mixed >>> 40) / (float) (1 << 21) - 4;
        }
    }

    private static String body(int index) {
        Case stated = CASES.get(index % CASES.size());
        int maxTokens = 5 + index * 37 % 140;
        return ChatConformanceTest.chat(
                "request " + index % 7,
                stated.fields() + ", 'temperature': 1.5, 'seed': " + index + ", 'max_tokens': " + maxTokens);
    }

    @Test
    void everyAnswerIsValidOrCut() throws IOException {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        Deque<CompletableFuture<HttpResponse<String>>> inside = new ArrayDeque<>();
        for (int index = 0; index < REQUESTS; index++) {
            if (inside.size() == AT_ONCE) {
                inside.remove().join();
            }
            var answer = server.postAsync(TestServer.CHAT, body(index));
            answers.add(answer);
            inside.add(answer);
            if (index % 10 == 0) {
                leaveWhileItRuns(index);
            }
        }
        int complete = 0;
        for (int index = 0; index < REQUESTS; index++) {
            complete += validOrCut(index, answers.get(index).join()) ? 1 : 0;
        }
        assertThat(complete).isGreaterThan(REQUESTS / 3);
        assertThat(server.getManagement("/metrics").body())
                .containsPattern("vitrine_preemptions_total\\{[^}]*} [1-9]")
                .containsPattern("vitrine_generations_total\\{finish_reason=\"cancelled\"[^}]*} [1-9]");
        for (int index = 0; index < REQUESTS; index += 25) {
            assertThat(content(server.post(TestServer.CHAT, body(index))))
                    .as("alone and batched")
                    .isEqualTo(content(answers.get(index).join()));
        }
    }

    /** A streamed request without an end, whose client goes with the first byte of the answer. */
    private static void leaveWhileItRuns(int seed) throws IOException {
        String body = ChatConformanceTest.chat(
                "leaves",
                "'guided_regex': '[a-z]{400}', 'stream': true, 'temperature': 1.5, 'max_tokens': 300, 'seed': " + seed);
        try (Socket socket = server.socket()) {
            socket.getOutputStream()
                    .write(("POST " + TestServer.CHAT + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json"
                                    + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isPositive();
        }
    }

    /** Whether it is valid; if not, it must be cut. */
    private static boolean validOrCut(int index, HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode choice = TestServer.parse(response.body()).at("/choices/0");
        boolean stopped = choice.get("finish_reason").asText().equals("stop");
        if (stopped) {
            assertThat(CASES.get(index % CASES.size()).holds()).as(body(index)).accepts(content(response));
        } else {
            assertThat(choice.get("finish_reason").asText()).isEqualTo("length");
        }
        return stopped;
    }

    private static String content(HttpResponse<String> response) {
        return TestServer.parse(response.body())
                .at("/choices/0/message/content")
                .asText();
    }
}
