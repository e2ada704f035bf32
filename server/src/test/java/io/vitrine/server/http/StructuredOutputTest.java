package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static io.vitrine.server.http.CompletionConformanceTest.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Constraints on answers, and the other fields that steer where an answer ends, over real HTTP. */
class StructuredOutputTest {

    private static final String SCHEMA = "{'type': 'object', 'properties': {'age': {'type': 'integer', 'minimum': 0,"
            + " 'maximum': 9}}, 'required': ['age'], 'additionalProperties': false}";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(TestTelemetry.metrics(), 4, "constraints.source-bytes=4KiB");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String answer(String field) {
        JsonNode choice = server.json(TestServer.CHAT, chat("hi", field)).at("/choices/0");
        assertThat(choice.at("/finish_reason").asText()).isEqualTo("stop");
        return choice.at("/message/content").asText();
    }

    private static String text(String field) {
        JsonNode choice =
                server.json(TestServer.COMPLETIONS, completion("'hi'", field)).at("/choices/0");
        assertThat(choice.at("/finish_reason").asText()).isEqualTo("stop");
        return choice.at("/text").asText();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'response_format': {'type': 'json_schema', 'json_schema': {'name': 'a', 'strict': true, 'schema': S}}",
                "'response_format': {'type': 'json_schema', 'json_schema': {'schema': S}}",
                "'response_format': {'type': 'json_schema', 'schema': S}",
                "'response_format': {'type': 'json_object', 'schema': S}",
                "'structured_outputs': {'json': S}",
                "'structured_outputs': {'json': S, 'disable_any_whitespace': true}",
                "'guided_json': S",
                "'json_schema': S",
            })
    void everyDialectStatesASchema(String field) {
        String stated =
                field.replace("S}", SCHEMA + "}").replace("S,", SCHEMA + ",").replaceAll("S$", SCHEMA);
        JsonNode document =
                TestServer.parse(answer(stated + ", 'max_tokens': 200, 'logit_bias': {'32': -50, '9': -50}"));
        assertThat(document.get("age").isInt()).isTrue();
        assertThat(document.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'structured_outputs': {'regex': '[x-z]{3}'} | xyz",
                "'structured_outputs': {'choice': ['no', 'yes']} | no",
                "'structured_outputs': {'grammar': 'root ::= \\\"q\\\"'} | q",
                "'guided_regex': '[x-z]{2}' | xy",
                "'guided_choice': ['yes'] | yes",
                "'guided_grammar': 'root ::= [m-p] \\\"!\\\"' | m!",
                "'grammar': 'root ::= [a] root? [b]' | ab",
            })
    void bothRoutesTakeOtherLanguages(String field, String expected) {
        assertThat(answer(field)).isIn(expected, expected.replace("xyz", "xxx").replace("xy", "xx"));
        assertThat(text(field)).hasSameSizeAs(answer(field));
    }

    @Test
    void aJsonObjectParsesStreamedOrNot() {
        String field = "'response_format': {'type': 'json_object'}, 'max_tokens': 300, 'temperature': 1, 'seed': 3,"
                + " 'logit_bias': {'125': 30}";
        String whole = answer(field);
        assertThat(TestServer.parse(whole).isObject()).isTrue();
        StringBuilder streamed = new StringBuilder();
        for (JsonNode chunk : server.chunks(TestServer.CHAT, chat("hi", field + ", 'stream': true"))) {
            streamed.append(chunk.at("/choices/0/delta/content").asText(""));
        }
        assertThat(streamed).hasToString(whole);
    }

    @Test
    void everyChoiceSatisfiesTheConstraint() {
        JsonNode answer = server.json(
                TestServer.CHAT, chat("#", "'guided_choice': ['red', 'green', 'blue'], 'n': 8, 'temperature': 2"));
        List<String> texts = new ArrayList<>();
        answer.get("choices")
                .forEach(choice -> texts.add(choice.at("/message/content").asText()));
        assertThat(texts).hasSize(8).isSubsetOf("red", "green", "blue");
        assertThat(texts).doesNotContainSequence("red", "red", "red", "red", "red", "red", "red", "red");
    }

    @Test
    void logProbabilitiesAreFinite() {
        JsonNode answer = server.json(
                TestServer.CHAT, chat("hi", "'guided_choice': ['zebra'], 'logprobs': true, 'top_logprobs': 3"));
        assertThat(answer.at("/choices/0/logprobs/content"))
                .hasSizeGreaterThan(4)
                .allSatisfy(
                        entry -> assertThat(entry.get("logprob").doubleValue()).isBetween(-9999.0, 0.0));
    }

    @Test
    void maxTokensCutsTheDocumentAndSaysSo() {
        JsonNode answer = server.json(TestServer.CHAT, chat("hi", "'guided_choice': ['zebra'], 'max_tokens': 3"));
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("zeb");
    }

    @Test
    void ignoreEosStillEndsWhereNothingMayFollow() {
        assertThat(answer("'guided_choice': ['zebra'], 'ignore_eos': true, 'max_tokens': 40"))
                .isEqualTo("zebra");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'response_format': {'type': 'json_schema'} | response_format.json_schema",
                "'response_format': {'type': 'json_schema', 'json_schema': {'name': 'x'}}"
                        + " | response_format.json_schema.schema",
                "'response_format': {'type': 'json_schema', 'json_schema': {'schema': 3}}"
                        + " | response_format.json_schema.schema",
                "'response_format': {'type': 'xml'} | response_format.type",
                "'response_format': {} | response_format.type",
                "'response_format': {'type': 'json_object'}, 'grammar': 'root ::= [a]' | grammar",
                "'guided_regex': 'a', 'guided_choice': ['a'] | guided_choice",
                "'structured_outputs': {'regex': 'a', 'choice': ['a']} | structured_outputs.choice",
                "'structured_outputs': {} | structured_outputs",
                "'structured_outputs': {'json': false} | structured_outputs.json",
                "'structured_outputs': {'regex': 'a', 'whitespace_pattern': ' '} | structured_outputs.whitespace_pattern",
                "'guided_choice': [] | guided_choice",
                "'guided_regex': '(?=a)b' | guided_regex",
                "'guided_regex': 3 | guided_regex",
                "'guided_grammar': 'root ::= missing' | guided_grammar",
                "'guided_json': {'type': 'objekt'} | guided_json",
                "'guided_json': '{' | guided_json",
                "'guided_json': {'properties': {'a/b': {'not': {}}}} | guided_json#/properties/a~1b",
                "'guided_json': {'$ref': 'http://example.org/x'} | guided_json",
                "'guided_json': {'type': 'string', 'const': 1} | guided_json",
                "'min_tokens': 5, 'max_tokens': 4 | min_tokens",
                "'stop_token_ids': [100000] | stop_token_ids",
                "'stop_token_ids': 7 | stop_token_ids",
            })
    void whatCannotBeEnforcedIsRefusedByName(String fields, String param) {
        for (HttpResponse<String> response : List.of(
                server.post(TestServer.CHAT, chat("hi", fields)),
                server.post(TestServer.COMPLETIONS, completion("'hi'", fields)))) {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            assertThat(TestServer.parse(response.body()).at("/error/param").asText())
                    .as(response.body())
                    .isEqualTo(param);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type': 'json_schema', 'json_schema': {'name': 'x', 'schema': false}}",
                "{'type': 'json_object', 'schema': false}",
            })
    void aSchemaOfFalseIsNoAbsentSchema(String format) {
        HttpResponse<String> response = server.post(TestServer.CHAT, chat("hi", "'response_format': " + format));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("no text satisfies");
    }

    @Test
    void aHostileSchemaIsRefusedAndHarmsNobody() {
        String deep = "{'items': ".repeat(40) + "{}" + "}".repeat(40);
        String large = "'guided_choice': ['" + "x".repeat(5_000) + "']";
        String costly = "'guided_regex': '(.*a){60}(.*b){60}(a|b){60}c'";
        for (String fields : List.of("'guided_json': " + deep.replace("items", "not"), large)) {
            assertThat(server.post(TestServer.CHAT, chat("hi", fields)).statusCode())
                    .isEqualTo(400);
        }
        assertThat(server.post(TestServer.CHAT, chat("hi", costly + ", 'max_tokens': 5"))
                        .statusCode())
                .isIn(200, 400, 422);
        assertThat(server.post(TestServer.CHAT, chat("hi", "'max_tokens': 2")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void stopTokensEndTheAnswerAndAreNamed() {
        JsonNode without = server.json(TestServer.COMPLETIONS, completion("'a'", "'stop_token_ids': [101]"));
        assertThat(without.at("/choices/0/text").asText()).isEqualTo("bcd");
        assertThat(without.at("/choices/0/stop_reason").asInt()).isEqualTo('e');
        JsonNode with = server.json(
                TestServer.COMPLETIONS,
                completion("'a'", "'stop_token_ids': [101], 'include_stop_str_in_output': true"));
        assertThat(with.at("/choices/0/text").asText()).isEqualTo("bcde");
    }

    @Test
    void theStopStringIsPartOfTheTextIfAskedFor() {
        String fields = "'stop': ['de'], 'include_stop_str_in_output': true";
        JsonNode answer = server.json(TestServer.COMPLETIONS, completion("'a'", fields));
        assertThat(answer.at("/choices/0/text").asText()).isEqualTo("bcde");
        assertThat(answer.at("/choices/0/stop_reason").asText()).isEqualTo("de");
        StringBuilder streamed = new StringBuilder();
        for (JsonNode chunk : server.chunks(TestServer.COMPLETIONS, completion("'a'", fields + ", 'stream': true"))) {
            streamed.append(chunk.at("/choices/0/text").asText(""));
        }
        assertThat(streamed).hasToString("bcde");
    }

    @Test
    void minTokensHoldBackEveryEnd() {
        assertThat(text("'min_tokens': 4, 'stop': ['c', 'h'], 'max_tokens': 20"))
                .isEqualTo("jklmnopqrstuvwxyzab");
        JsonNode answer = server.json(
                TestServer.COMPLETIONS, completion("'^'", "'min_tokens': 8, 'max_tokens': 12, 'temperature': 0"));
        assertThat(answer.at("/choices/0/text").asText()).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void anEchoHasTheScoresOfThePrompt() {
        String fields = "'echo': true, 'logprobs': 2, 'max_tokens': 2";
        JsonNode choice =
                server.json(TestServer.COMPLETIONS, completion("'abx'", fields)).at("/choices/0");
        assertThat(choice.at("/text").asText()).isEqualTo("abxyz");
        JsonNode logprobs = choice.get("logprobs");
        // The model expects b after a with certainty, and not x after b.
        assertThat(logprobs.get("tokens")).extracting(JsonNode::asText).endsWith("a", "b", "x", "y", "z");
        int first = logprobs.get("tokens").size() - 5;
        assertThat(logprobs.get("token_logprobs").get(0).isNull()).isTrue();
        assertThat(logprobs.get("top_logprobs").get(0).isNull()).isTrue();
        assertThat(logprobs.get("token_logprobs").get(first + 1).doubleValue()).isCloseTo(0, within(1e-6));
        assertThat(logprobs.get("token_logprobs").get(first + 2).doubleValue()).isLessThan(-20);
        assertThat(logprobs.get("text_offset")).extracting(JsonNode::asInt).endsWith(0, 1, 2, 3, 4);
        List<JsonNode> chunks = server.chunks(TestServer.COMPLETIONS, completion("'abx'", fields + ", 'stream': true"));
        assertThat(chunks.get(0).at("/choices/0/text").asText()).isEqualTo("abx");
        List<JsonNode> streamed = new ArrayList<>();
        chunks.forEach(chunk -> chunk.at("/choices/0/logprobs/token_logprobs").forEach(streamed::add));
        assertThat(streamed).containsExactlyElementsOf(logprobs.get("token_logprobs"));
    }

    @Test
    void promptLogProbabilitiesComeByTokenWithTheirRank() {
        String fields = "'prompt_logprobs': 1, 'max_tokens': 1, 'n': 2, 'temperature': 1";
        for (int turn = 0; turn < 2; turn++) { // a second time, nothing is missing because it was cached
            JsonNode choices = server.json(TestServer.COMPLETIONS, completion("[97, 98, 120]", fields))
                    .get("choices");
            assertThat(choices).hasSize(2).allSatisfy(choice -> {
                JsonNode scores = choice.get("prompt_logprobs");
                assertThat(scores).hasSize(3);
                assertThat(scores.get(0).isNull()).isTrue();
                assertThat(scores.at("/1/98/rank").asInt()).isEqualTo(1);
                assertThat(scores.at("/2/120/rank").asInt()).isEqualTo(2);
                assertThat(scores.at("/2/99/decoded_token").asText()).isEqualTo("c");
            });
        }
        HttpResponse<String> streamed =
                server.post(TestServer.COMPLETIONS, completion("'a'", "'prompt_logprobs': 1, 'stream': true"));
        assertThat(streamed.statusCode()).isEqualTo(400);
    }

    @Test
    void theFinalMessageIsContinuedIfAskedFor() {
        String body = "{'model': 'test/model', 'temperature': 0, 'max_tokens': 3, 'messages': [{'role': 'user',"
                + " 'content': 'hi'}, {'role': 'assistant', 'content': 'abc '}]%s}";
        JsonNode continued = server.json(
                TestServer.CHAT,
                ChatConformanceTest.quoted(
                        body.formatted(", 'continue_final_message': true, 'add_generation_prompt': false")));
        JsonNode answered = server.json(TestServer.CHAT, ChatConformanceTest.quoted(body.formatted("")));
        // The separator behind the message is no part of the prompt.
        assertThat(continued.at("/usage/prompt_tokens").asInt())
                .isEqualTo(answered.at("/usage/prompt_tokens").asInt() - 1);
        for (String wrong : List.of(
                ", 'continue_final_message': true, 'add_generation_prompt': true", ", 'continue_final_message': 1")) {
            assertThat(server.post(TestServer.CHAT, ChatConformanceTest.quoted(body.formatted(wrong)))
                            .statusCode())
                    .isEqualTo(400);
        }
        assertThat(server.post(TestServer.CHAT, chat("hi", "'continue_final_message': true"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void metersCountWhatConstraintsDo() {
        answer("'guided_choice': ['counted']");
        answer("'guided_choice': ['counted']");
        server.post(TestServer.CHAT, chat("hi", "'guided_json': {'uniqueItems': true}"));
        server.post(TestServer.CHAT, chat("hi", "'guided_json': {'made up': true}"));
        String metrics = server.getManagement("/metrics").body();
        assertThat(metrics)
                .containsPattern("vitrine_constraint_forced_tokens_total\\{[^}]*} [1-9]")
                .containsPattern("vitrine_constraint_token_time_seconds_count\\{[^}]*} [1-9]")
                .containsPattern("vitrine_constraint_compile_time_seconds_count\\{[^}]*result=\"hit\"[^}]*} [1-9]")
                .containsPattern("vitrine_constraint_compile_time_seconds_count\\{[^}]*result=\"missed\"[^}]*} [1-9]")
                .containsPattern("vitrine_constraint_refused_total\\{[^}]*keyword=\"uniqueItems\"[^}]*} 1")
                .containsPattern("vitrine_constraint_refused_total\\{[^}]*keyword=\"other\"[^}]*} 1");
    }
}
