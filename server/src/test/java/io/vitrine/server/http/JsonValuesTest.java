package io.vitrine.server.http;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static io.vitrine.server.http.ChatConformanceTest.quoted;
import static io.vitrine.server.http.CompletionConformanceTest.completion;
import static org.assertj.core.api.Assertions.assertThat;

/** Numbers are exact or refused, texts are Unicode or refused, and errors are in our words; over real HTTP. */
class JsonValuesTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start("api.custom-roles=narrator,refused");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'seed': 1.5; seed",
                "'seed': 9007199254740993.5; seed",
                "'seed': 1e19; seed",
                "'seed': 1e-3; seed",
                "'seed': 1e999999999; seed",
                "'seed': -9223372036854775809; seed",
                "'seed': '5'; seed",
                "'max_tokens': 1e9; max_tokens",
                "'max_tokens': 1e999999999; max_tokens",
                "'logit_bias': {'+5': 1}; logit_bias",
                "'logit_bias': {' 5': 1}; logit_bias",
                "'logit_bias': {'05': 1}; logit_bias",
                "'logit_bias': {'-0': 1}; logit_bias",
                "'logit_bias': {'5.0': 1}; logit_bias",
                "'logit_bias': {'\u0665': 1}; logit_bias",
                "'logit_bias': {'9999999999': 1}; logit_bias",
                "'logit_bias': {'99999999999999999999': 1}; logit_bias",
                "'repetition_penalty': 1e-31; repetition_penalty",
                "'repetition_penalty': 1e-400; repetition_penalty",
                "'temperature': 2.0000000000000000001; temperature",
                "'temperature': 1e-400; temperature",
                "'top_p': 1e-400; top_p",
                "'presence_penalty': 1e-400; presence_penalty",
                "'temperature': 1e400; temperature",
            })
    void aNumberThatIsNotExactIsRefused(String field, String param) {
        for (HttpResponse<String> response : List.of(
                server.post(TestServer.CHAT, chat("hi", field)),
                server.post(TestServer.COMPLETIONS, completion("'hi'", field)))) {
            assertThat(error(response).get("param").asText()).isEqualTo(param);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'seed': 1e3",
                "'seed': -9223372036854775808",
                "'seed': 9223372036854775807.0",
                "'max_tokens': 2.0",
                "'logit_bias': {'0': -1e-320}",
                "'temperature': 5e-324",
                "'temperature': 1e-45, 'top_p': 5e-324, 'min_p': 5e-324",
                "'repetition_penalty': 0.001, 'temperature': 1",
                "'repetition_penalty': 10, 'presence_penalty': -2, 'frequency_penalty': 2e-320",
            })
    void anExactNumberIsTakenHoweverItIsWritten(String field) {
        HttpResponse<String> response =
                server.post(TestServer.CHAT, chat("hi", field + (field.contains("max_t") ? "" : ", 'max_tokens': 3")));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @Test
    void aSeedIsTheSameInEverySpelling() {
        String thousand = answer("'seed': 1000");
        assertThat(List.of(answer("'seed': 1e3"), answer("'seed': 1000.0"))).containsOnly(thousand);
        // Beyond the exact doubles: both would be one seed if it were rounded.
        assertThat(answer("'seed': 9007199254740993.0")).isEqualTo(answer("'seed': 9007199254740993"));
    }

    private static String answer(String seed) {
        return server.json(TestServer.CHAT, chat("#", seed + ", 'temperature': 1, 'max_tokens': 30"))
                .at("/choices/0/message/content")
                .asText();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': 'x'}], 'stop': '\\ud800'}",
                "{'model': '\\udc00', 'messages': [{'role': 'user', 'content': 'x'}]}",
                "{'model': 'test/model', 'messages': [{'role': '\\ud800', 'content': 'x'}]}",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': [{'type': '\\ud83d'}]}]}",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': 'x'}], 'logit_bias': {'\\ud800': 1}}",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': 'x'}], 'seed': '\\ud800'}",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': 'x'}], 'stop': ['a', '\\ud83d\\ud83d']}",
                "{'\\ud800': 1, '\\ud800': 2}",
            })
    void halfASurrogatePairIsRefusedInValidJson(String body) {
        JsonNode error = error(server.post(TestServer.CHAT, quoted(body)));
        assertThat(error.get("message").asText().codePoints())
                .noneMatch(point -> Character.getType(point) == Character.SURROGATE);
    }

    @Test
    void anErrorNeverEndsWithHalfACharacter() {
        String model = "a".repeat(99) + "\ud83d\ude00".repeat(10);
        String body = chat("hi", "").replace("test/model", model);
        HttpResponse<String> response = server.post(TestServer.CHAT, body);
        assertThat(response.statusCode()).isEqualTo(404);
        String type = quoted(
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': [{'type': '" + model + "'}]}]}");
        assertThat(error(server.post(TestServer.CHAT, type)).get("message").asText())
                .contains("a…")
                .doesNotContain("\ufffd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'a': NaN}; mistake at line 1, column",
                "{'a': Infinity}; mistake at line 1, column",
                "{'a': -Infinity}; mistake at line 1, column",
                "{'a': +1}; mistake at line 1, column",
                "{'a': 01}; mistake at line 1, column",
                "{'a': .5}; mistake at line 1, column",
                "{'a': 0x10}; mistake at line 1, column",
                "{'a': 'x; it ends too early",
                "{'a': [1; it ends too early",
                "{'a': tru}; mistake at line 1, column",
                "{'a': 1, 'a': 2}; the field a is given twice",
                "{'a': {'b': 1, 'b': 2}}; the field b is given twice",
                "{'a': '\t'}; mistake at line 1, column",
            })
    void aSyntaxErrorIsToldInOurWords(String body, String words) {
        JsonNode error = error(server.post(TestServer.CHAT, quoted(body)));
        assertThat(error.get("code").asText()).isEqualTo("invalid_json");
        assertThat(error.get("message").asText())
                .startsWith("the body is not valid JSON: ")
                .contains(words)
                .doesNotContain("Unexpected", "JsonParser", "token", "Source", "REDACTED", "Feature", "JsonToken");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() {
        byte[] overlong = "{\"a\":\"xx\"}".getBytes(StandardCharsets.UTF_8);
        overlong[6] = (byte) 0xc0;
        overlong[7] = (byte) 0xaf;
        for (byte[] body : List.of(
                overlong,
                "{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_16),
                "{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_16LE),
                "{\"model\":\"m\"}".getBytes(Charset.forName("UTF-32")))) {
            JsonNode error = error(server.send(server.postRequest(TestServer.CHAT, "")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build()));
            assertThat(error.get("code").asText()).isEqualTo("invalid_json");
            assertThat(error.get("message").asText()).contains("not UTF-8");
        }
    }

    @Test
    void nestingAndNumbersBeyondTheLimitSayWhichItIs() {
        String deep = "{'a': " + "[".repeat(65) + "]".repeat(65) + "}";
        String longNumber = "{'a': 1" + "0".repeat(300) + "}";
        String many = "{'a': [" + "1,".repeat(300_000) + "1]}";
        for (String body : List.of(deep, longNumber, many)) {
            assertThat(error(server.post(TestServer.CHAT, quoted(body)))
                            .get("message")
                            .asText())
                    .isEqualTo("the body is not valid JSON: it may be nested 64 deep, a number may have 200"
                            + " characters, and all together 262144 names, values and brackets");
        }
    }

    @Test
    void aManagementBodyIsReadAsStrictly() {
        String admin = server.keyOf(Tenant.unlimited("ops"), Scope.ADMIN);
        for (String[] wrong : new String[][] {
            {"/api/keys", "{'tenant': 'ops', 'name': '\\ud800'}", "name"},
            {"/api/keys", "{'tenant': 'ops', 'name': 5}", "name"},
            {"/api/keys", "{'tenant': 'ops', '\\ud800': 5}", "\ufffd"},
            {"/api/keys", "{'tenant': 'ops', 'expires_at': 5}", "expires_at"},
            {"/api/keys", "{'tenant': 'ops', 'expires_at': '+999999999-01-01T00:00:00Z'}", "expires_at"},
            {"/api/keys", "{'tenant': 'ops', 'expires_at': '-999999999-01-01T00:00:00Z'}", "expires_at"},
        }) {
            HttpResponse<String> response = server.manage("POST", wrong[0], quoted(wrong[1]), admin);
            assertThat(error(response).get("param").asText()).isEqualTo(wrong[2]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "developer", "user", "assistant", "tool", "function", "narrator"})
    void aKnownRoleIsTaken(String role) {
        assertThat(server.post(TestServer.CHAT, of(role)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"User", "bot", "system ", "", "\u0443ser"})
    void anUnknownRoleIsRefusedByName(String role) {
        JsonNode error = error(server.post(TestServer.CHAT, of(role)));
        assertThat(error.get("param").asText()).isEqualTo("messages[0].role");
        assertThat(error.get("message").asText())
                .contains("one of assistant, developer, function, narrator, refused, system, tool, user: ");
    }

    @Test
    void aRefusalOfTheTemplateIsTheClientsMistake() {
        assertThat(error(server.post(TestServer.CHAT, of("refused")))
                        .get("message")
                        .asText())
                .contains("the role 'refused' is not known");
    }

    private static String of(String role) {
        return quoted(
                "{'model': 'test/model', 'max_tokens': 1, 'messages': [{'role': '" + role + "', 'content': 'x'}]}");
    }

    private static JsonNode error(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return TestServer.parse(response.body()).get("error");
    }
}
