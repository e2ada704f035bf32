package io.vitrine.server.http;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
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

/** Every mistake of a client over HTTP: the status, the one shape, the field, and that the server is well afterwards. */
class ErrorsTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start("server.max-body-bytes=8KiB");
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
                "``; invalid_json; the body",
                "{; invalid_json; not valid JSON",
                "[]; invalid_json; must be a JSON object",
                "null; invalid_json; must be a JSON object",
                "'text'; invalid_json; must be a JSON object",
                "{} {}; invalid_json; must be one JSON object",
                "{'model': 'a', 'model': 'b'}; invalid_json; the field model is given twice",
                "{'model': NaN}; invalid_json; not valid JSON",
            })
    void g13ABodyThatIsNoJsonObjectIs400(String body, String code, String message) {
        for (String path : new String[] {TestServer.CHAT, TestServer.COMPLETIONS}) {
            JsonNode error = error(server.post(path, body == null ? "" : quoted(body)), 400, "invalid_request_error");

            assertThat(error.get("code").asText()).isEqualTo(code);
            assertThat(error.get("param").isNull()).isTrue();
            assertThat(error.get("message").asText()).contains(message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'messages': [{'role': 'user', 'content': 'x'}]}; model",
                "{'model': null, 'messages': [{'role': 'user', 'content': 'x'}]}; model",
                "{'model': 1, 'messages': [{'role': 'user', 'content': 'x'}]}; model",
                "{'model': 'test/model'}; messages",
                "{'model': 'test/model', 'messages': null}; messages",
                "{'model': 'test/model', 'messages': 'hi'}; messages",
                "{'model': 'test/model', 'messages': {}}; messages",
                "{'model': 'test/model', 'messages': []}; messages",
                "{'model': 'test/model', 'messages': ['hi']}; messages[0]",
                "{'model': 'test/model', 'messages': [{}]}; messages[0].role",
                "{'model': 'test/model', 'messages': [{'role': 1, 'content': 'x'}]}; messages[0].role",
                "{'model': 'test/model', 'messages': [{'role': '', 'content': 'x'}]}; messages[0].role",
                "{'model': 'test/model', 'messages': [{'role': 'user'}]}; messages[0].content",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': null}]}; messages[0].content",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': 5}]}; messages[0].content",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': {}}]}; messages[0].content",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': [1]}]}; messages[0].content[0]",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': [{'type': 'text'}]}]}; messages[0].content[0].text",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]}; messages[0].content[0].type",
                "{'model': 'test/model', 'messages': [{'role': 'user', 'content': '\\ud800x'}]}; messages[0].content",
                "{'model': 'test/model', 'messages': [{'role': 'assistant', 'tool_calls': [{}]}]}; messages[0].tool_calls[0].function",
            })
    void g13AMissingOrWrongFieldOfAChatIs400AndNamed(String body, String param) {
        JsonNode error = error(server.post(TestServer.CHAT, quoted(body)), 400, "invalid_request_error");

        assertThat(error.get("param").asText()).isEqualTo(param);
        assertThat(error.get("message").asText()).contains(param);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "5",
                "{}",
                "''",
                "[]",
                "['']",
                "[[]]",
                "['a', 1]",
                "[1, 'a']",
                "[[1], 'a']",
                "[-1]",
                "[1.5]",
                "[[-1]]",
                "[258]",
                "[[97], [258]]",
                "[99999999999]",
                "[null]",
                "true",
                "[[[1]]]"
            })
    void g13AndG14APromptThatIsNoneIs400(String prompt) {
        JsonNode error =
                error(server.post(TestServer.COMPLETIONS, completion(prompt, "")), 400, "invalid_request_error");

        assertThat(error.get("param").asText()).startsWith("prompt");
    }

    @Test
    void g13AMissingPromptIs400() {
        JsonNode error = error(
                server.post(TestServer.COMPLETIONS, quoted("{'model': 'test/model'}")), 400, "invalid_request_error");

        assertThat(error.get("code").asText()).isEqualTo("missing_required_parameter");
        assertThat(error.get("param").asText()).isEqualTo("prompt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'temperature': -0.1; temperature; between 0 and 2: -0.1",
                "'temperature': 2.01; temperature; between 0 and 2: 2.01",
                "'temperature': 'hot'; temperature; between 0 and 2: \"hot\"",
                "'temperature': 1e400; temperature; between 0 and 2",
                "'temperature': true; temperature; between 0 and 2: true",
                "'top_p': 0; top_p; above 0 and at most 1: 0",
                "'top_p': 1.1; top_p; above 0 and at most 1: 1.1",
                "'top_k': -2; top_k; between -1 and 2147483647: -2",
                "'top_k': 1.5; top_k; a whole number",
                "'min_p': -0.1; min_p; between 0 and 1",
                "'min_p': 1.1; min_p; between 0 and 1",
                "'presence_penalty': 2.1; presence_penalty; between -2 and 2",
                "'presence_penalty': -2.1; presence_penalty; between -2 and 2",
                "'frequency_penalty': 2.1; frequency_penalty; between -2 and 2",
                "'frequency_penalty': '1'; frequency_penalty; between -2 and 2",
                "'repetition_penalty': 0; repetition_penalty; between 0.001 and 10",
                "'repetition_penalty': 11; repetition_penalty; between 0.001 and 10",
                "'max_tokens': 0; max_tokens; between 1 and 32768: 0",
                "'max_tokens': -1; max_tokens; between 1 and 32768: -1",
                "'max_tokens': 32769; max_tokens; between 1 and 32768: 32769",
                "'max_tokens': 1.5; max_tokens; between 1 and 32768: 1.5",
                "'max_tokens': '5'; max_tokens; between 1 and 32768: \"5\"",
                "'max_tokens': 99999999999999999999; max_tokens; between 1 and 32768",
                "'max_completion_tokens': 0; max_completion_tokens; between 1 and 32768",
                "'n': 0; n; between 1 and 16: 0",
                "'n': 17; n; between 1 and 16: 17",
                "'seed': 1.5; seed; a whole number of 64 bits",
                "'seed': 9223372036854775808; seed; a whole number of 64 bits",
                "'stream': 'yes'; stream; true or false: \"yes\"",
                "'stream': true, 'stream_options': 1; stream_options; an object",
                "'stream': true, 'stream_options': {'include_usage': 1}; stream_options.include_usage; true or false",
                "'stop': ''; stop; between 1 and 256 characters: 0",
                "'stop': ['a', '']; stop; between 1 and 256 characters: 0",
                "'stop': 5; stop; a string or a list of strings",
                "'stop': [5]; stop[0]; a string",
                "'logit_bias': []; logit_bias; an object of token ids",
                "'logit_bias': {'x': 1}; logit_bias; token ids as keys: x",
                "'logit_bias': {'5': 101}; logit_bias.5; between -100 and 100: 101",
                "'logit_bias': {'5': null}; logit_bias.5; between -100 and 100",
                "'logit_bias': {'258': 1}; logit_bias; token ids below 258: 258",
                "'logit_bias': {'-1': 1}; logit_bias; token ids as keys: -1",
                "'user': 5; user; a string",
                "'ignore_eos': 1; ignore_eos; true or false",
            })
    void c18AValueOutOfBoundsIs400AndNamesValueAndLimit(String field, String param, String message) {
        for (HttpResponse<String> response : List.of(
                server.post(TestServer.CHAT, chat("hi", field)),
                server.post(TestServer.COMPLETIONS, completion("'hi'", field)))) {
            JsonNode error = error(response, 400, "invalid_request_error");

            assertThat(error.get("param").asText()).isEqualTo(param);
            assertThat(error.get("message").asText()).contains(message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'logprobs': true, 'top_logprobs': 21; top_logprobs; between 0 and 20: 21",
                "'logprobs': true, 'top_logprobs': -1; top_logprobs; between 0 and 20: -1",
                "'top_logprobs': 2; top_logprobs; only be given when logprobs is true",
                "'logprobs': 5; logprobs; true or false: 5",
                "'tools': [{'type': 'function'}]; tools[0].function; missing",
                "'functions': [{}]; functions; not supported yet",
                "'tool_choice': 'auto'; tool_choice; only be given together with tools",
                "'tool_choice': {}; tool_choice; only be given together with tools",
                "'response_format': {'type': 'xml'}; response_format.type; xml",
                "'response_format': {'type': 'json_schema'}; response_format.json_schema; missing",
                "'response_format': {}; response_format.type; missing",
                "'response_format': 'text'; response_format; an object",
            })
    void d7AndWhatAChatCannotDoIs400(String field, String param, String message) {
        JsonNode error = error(server.post(TestServer.CHAT, chat("hi", field)), 400, "invalid_request_error");

        assertThat(error.get("param").asText()).isEqualTo(param);
        assertThat(error.get("message").asText()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'logprobs': 21; logprobs; between 0 and 20: 21",
                "'logprobs': true; logprobs; a whole number",
                "'echo': 1; echo; true or false",
                "'suffix': 'x'; suffix; not supported yet",
                "'best_of': 2; best_of; unless it equals n: 2",
            })
    void whatACompletionCannotDoIs400(String field, String param, String message) {
        JsonNode error =
                error(server.post(TestServer.COMPLETIONS, completion("'hi'", field)), 400, "invalid_request_error");

        assertThat(error.get("param").asText()).isEqualTo(param);
        assertThat(error.get("message").asText()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools': []", "'tool_choice': 'none'", "'response_format': {'type': 'text'}", "'stop': null",
                        "'n': null",
                "'max_tokens': 1.0", "'top_k': -1", "'seed': -9223372036854775808", "'logit_bias': {}", "'user': 'me'",
                "'temperature': 0.0, 'logprobs': false, 'top_logprobs': 0", "'stop': []"
            })
    void whatAsksForNothingSpecialIsAnswered(String field) {
        assertThat(server.post(TestServer.CHAT, chat("^", field)).statusCode()).isEqualTo(200);
    }

    @Test
    void tenThousandStopStringsAreRefused() {
        String stops =
                IntStream.range(0, 2_000).mapToObj(Integer::toString).collect(Collectors.joining("','", "['", "']"));
        JsonNode error = error(
                server.post(TestServer.COMPLETIONS, completion("'x'", "'stop': " + stops.substring(0, 7_000) + "']")),
                400,
                "invalid_request_error");

        assertThat(error.get("message").asText()).startsWith("stop must have at most 16 entries: ");
    }

    @Test
    void tooManyPromptsAreRefused() {
        String prompts = "['a'" + ", 'a'".repeat(64) + "]";
        JsonNode error =
                error(server.post(TestServer.COMPLETIONS, completion(prompts, "")), 400, "invalid_request_error");

        assertThat(error.get("message").asText()).isEqualTo("prompt must have at most 64 entries: 65");
    }

    @Test
    void aStopStringMayNotBeTooLong() {
        String stop = "'stop': '" + "x".repeat(257) + "'";

        assertThat(error(server.post(TestServer.CHAT, chat("hi", stop)), 400, "invalid_request_error")
                        .get("message")
                        .asText())
                .isEqualTo("a stop string must have between 1 and 256 characters: 257");
    }

    @Test
    void jsonNestedTooDeeplyIs400() {
        String body = "{'model': 'test/model', 'x': " + "[".repeat(200) + "]".repeat(200) + "}";

        assertThat(error(server.post(TestServer.CHAT, quoted(body)), 400, "invalid_request_error")
                        .get("code")
                        .asText())
                .isEqualTo("invalid_json");
    }

    @Test
    void bytesThatAreNoUtf8Are400() {
        byte[] body = chat("\u00ff", "").getBytes(StandardCharsets.ISO_8859_1);
        var request = HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();

        assertThat(error(server.send(request), 400, "invalid_request_error")
                        .get("code")
                        .asText())
                .isEqualTo("invalid_json");
    }

    @Test
    void g11APromptLongerThanTheContextIs400WithBothNumbers() {
        JsonNode error = error(server.post(TestServer.CHAT, chat("x".repeat(506), "")), 400, "invalid_request_error");

        assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").asText()).contains("512 tokens; with").contains("context of 512 tokens");
        assertThat(error.get("n_prompt_tokens").asInt()).isEqualTo(512);
        assertThat(error.get("n_ctx").asInt()).isEqualTo(512);
    }

    @Test
    void g12PromptAndMaxTokensOverTheContextAre400WithBothNumbers() {
        JsonNode error = error(
                server.post(TestServer.CHAT, chat("x".repeat(500), "'max_tokens': 7")), 400, "invalid_request_error");

        assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.get("message").asText())
                .contains("506 tokens")
                .contains("max_tokens is 7")
                .contains("512 tokens");
        assertThat(error.get("n_prompt_tokens").asInt()).isEqualTo(506);
        assertThat(error.get("n_ctx").asInt()).isEqualTo(512);
        JsonNode newer = error(
                server.post(TestServer.CHAT, chat("x".repeat(500), "'max_tokens': 1, 'max_completion_tokens': 7")),
                400,
                "invalid_request_error");
        assertThat(newer.get("message").asText()).contains("max_completion_tokens is 7");
        assertThat(server.post(TestServer.CHAT, chat("x".repeat(500), "'max_tokens': 6"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anUnknownModelIs404() {
        String body = chat("hi", "").replace("test/model", "gpt-4");
        JsonNode error = error(server.post(TestServer.CHAT, body), 404, "invalid_request_error");

        assertThat(error.get("code").asText()).isEqualTo("model_not_found");
        assertThat(error.get("param").asText()).isEqualTo("model");
        assertThat(error.get("message").asText()).contains("'gpt-4'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""
            })
    void g15AnotherContentTypeIs415(String type) {
        var request = HttpRequest.newBuilder(server.uri(TestServer.CHAT)).POST(BodyPublishers.ofString(chat("^", "")));
        if (!type.isEmpty()) {
            request.header("content-type", type);
        }

        error(server.send(request.build()), 415, "invalid_request_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "Application/JSON"})
    void g15JsonHasParametersAndAnyCase(String type) {
        var request = HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                .header("content-type", type)
                .POST(BodyPublishers.ofString(chat("^", "")))
                .build();

        assertThat(server.send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void aBodyOverTheLimitIs413() {
        JsonNode error = error(server.post(TestServer.CHAT, chat("x".repeat(9_000), "")), 413, "invalid_request_error");

        assertThat(error.get("message").asText()).isEqualTo("the body must not be larger than 8192 bytes");
    }

    @Test
    void aChunkedBodyOverTheLimitIs413() {
        var request = HttpRequest.newBuilder(server.uri(TestServer.CHAT))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100_000])))
                .build();

        error(server.send(request), 413, "invalid_request_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1", "/v1/chat", "/v1/completionsx", "/metrics", "/v2/models", "/%2e%2e/x"})
    void anUnknownPathIs404(String path) {
        JsonNode error = error(server.get(path), 404, "invalid_request_error");

        assertThat(error.get("code").asText()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/chat/completions, 'POST, OPTIONS'",
        "PUT, /v1/completions, 'POST, OPTIONS'",
        "DELETE, /v1/models/test/model, 'GET, HEAD, OPTIONS'",
        "POST, /v1/models, 'GET, HEAD, OPTIONS'",
        "POST, /health, 'GET, HEAD, OPTIONS'",
        "BREW, /health, 'GET, HEAD, OPTIONS'",
    })
    void aWrongMethodIs405AndSaysWhichAreRight(String method, String path, String allowed) {
        var response = server.send(HttpRequest.newBuilder(server.uri(path))
                .method(method, BodyPublishers.noBody())
                .build());

        error(response, 405, "invalid_request_error");
        assertThat(response.headers().firstValue("allow")).hasValue(allowed);
    }

    @Test
    void optionsSaysWhichMethodsThereAre() {
        var request = HttpRequest.newBuilder(server.uri(TestServer.CHAT)).method("OPTIONS", BodyPublishers.noBody());
        var response = server.send(request.build());

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("allow")).hasValue("POST, OPTIONS");
    }

    @ParameterizedTest
    @CsvSource({"client-id_1.2, true", "'', false", "a b, false", "ünicode, false"})
    void g4TheRequestIdIsTheClientsIfItIsSafe(String id, boolean echoed) {
        var request = HttpRequest.newBuilder(server.uri("/health"))
                .header("x-request-id", id)
                .build();
        String answered =
                server.send(request).headers().firstValue("x-request-id").orElseThrow();

        assertThat(answered.equals(id)).isEqualTo(echoed);
        if (!echoed) {
            assertThat(answered).matches("req_[0-9a-f]{32}");
        }
    }

    @Test
    void g4ARequestIdThatIsTooLongIsReplaced() {
        for (int length : new int[] {128, 129}) {
            var request = HttpRequest.newBuilder(server.uri("/health"))
                    .header("x-request-id", "x".repeat(length))
                    .build();

            assertThat(server.send(request)
                            .headers()
                            .firstValue("x-request-id")
                            .orElseThrow()
                            .length())
                    .isEqualTo(length == 128 ? 128 : 36);
        }
    }

    /** Checks the shape of an error and that the server goes on well. */
    private static JsonNode error(HttpResponse<String> response, int status, String type) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        JsonNode body = TestServer.parse(response.body());
        assertThat(body.fieldNames()).toIterable().containsExactly("error");
        JsonNode error = body.get("error");
        assertThat(error.fieldNames()).toIterable().startsWith("message", "type", "param", "code");
        if (!error.get("code").asText().equals("context_length_exceeded")) {
            assertThat(error).hasSize(4);
        }
        assertThat(error.get("message").asText())
                .isNotBlank()
                .doesNotContain("Exception", "com.fasterxml", "io.vitrine");
        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        return error;
    }
}
