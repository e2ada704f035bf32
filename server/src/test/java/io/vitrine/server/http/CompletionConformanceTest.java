package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.quoted;
import static org.assertj.core.api.Assertions.assertThat;

/** Plain completions against the checklist; names begin with its items. */
class CompletionConformanceTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void c1DefaultsGiveSixteenTokens() {
        JsonNode answer = answer("'ab'", "");

        assertThat(answer.get("object").asText()).isEqualTo("text_completion");
        assertThat(answer.get("id").asText()).startsWith("cmpl-");
        assertThat(text(answer, 0)).isEqualTo("cdefghijklmnopqr");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'ab'; cd",
                "['ab']; cd",
                "[97, 98]; cd",
                "[[97, 98]]; cd",
                "['ab', 'f']; cd,gh",
                "[[97, 98], [102.0]]; cd,gh",
                "['f', 'ab', 'f']; gh,cd,gh"
            },
            quoteCharacter = '"')
    void c7EveryFormOfPromptIsAnsweredInOrder(String prompt, String expected) {
        JsonNode answer = answer(prompt, "'max_tokens': 2");
        List<String> texts = new ArrayList<>();
        answer.get("choices").forEach(choice -> texts.add(choice.get("text").asText()));

        assertThat(String.join(",", texts)).isEqualTo(expected);
        assertThat(answer.get("choices").findValues("index"))
                .extracting(JsonNode::asInt)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void c7UsageSumsThePrompts() {
        // A text gets the start token in front, ids are taken as they are.
        assertThat(answer("['ab', 'abc']", "'max_tokens': 2")
                        .at("/usage/prompt_tokens")
                        .asInt())
                .isEqualTo(7);
        assertThat(answer("[[97, 98], [97]]", "'max_tokens': 2")
                        .at("/usage/prompt_tokens")
                        .asInt())
                .isEqualTo(3);
        assertThat(answer("[97]", "'max_tokens': 2, 'n': 3")
                        .at("/usage/prompt_tokens")
                        .asInt())
                .isEqualTo(1);
        assertThat(answer("[97]", "'max_tokens': 2, 'n': 3")
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'ab'", "[97, 98]"})
    void c10EchoBeginsWithThePrompt(String prompt) {
        assertThat(text(answer(prompt, "'max_tokens': 2, 'echo': true"), 0)).isEqualTo("abcd");
        assertThat(text(answer(prompt, "'max_tokens': 2, 'echo': false"), 0)).isEqualTo("cd");
        assertThat(joined(chunks(prompt, "'max_tokens': 2, 'echo': true"), 0)).isEqualTo("abcd");
    }

    @Test
    void c11AndC12ChoicesOfSeveralPromptsAreNumberedPromptByPrompt() {
        JsonNode answer = answer("['ab', 'f']", "'max_tokens': 1, 'n': 2");
        List<JsonNode> chunks = chunks("['ab', 'f']", "'max_tokens': 1, 'n': 2");

        for (int index = 0; index < 4; index++) {
            String expected = index < 2 ? "c" : "g";
            assertThat(text(answer, index)).isEqualTo(expected);
            assertThat(joined(chunks, index)).isEqualTo(expected);
            int wanted = index;
            assertThat(chunks)
                    .filteredOn(chunk -> chunk.at("/choices/0/index").asInt() == wanted
                            && !chunk.at("/choices/0/finish_reason").isNull())
                    .hasSize(1);
        }
    }

    @Test
    void c14ChoicesOfOneSeedDifferAndTheirPromptsAgree() {
        JsonNode answer = answer("['#', '#']", "'max_tokens': 12, 'n': 2, 'seed': 1, 'temperature': 1");

        assertThat(text(answer, 0)).isNotEqualTo(text(answer, 1)).isEqualTo(text(answer, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'ab'", "'ab^'", "'~'"})
    void a8JoinedChunksAreTheUnstreamedText(String prompt) {
        assertThat(joined(chunks(prompt, "'max_tokens': 8"), 0)).isEqualTo(text(answer(prompt, "'max_tokens': 8"), 0));
    }

    @Test
    void a5ChunksAreTextCompletions() {
        List<JsonNode> chunks = chunks("'ab'", "'max_tokens': 3");

        assertThat(chunks).extracting(chunk -> chunk.get("object").asText()).containsOnly("text_completion");
        assertThat(chunks)
                .extracting(chunk -> chunk.get("id").asText())
                .containsOnly(chunks.get(0).get("id").asText());
        assertThat(chunks).allMatch(chunk -> chunk.get("usage").isNull());
    }

    @Test
    void b4UsageAskedForComesLast() {
        List<JsonNode> chunks = chunks("'ab'", "'max_tokens': 3, 'stream_options': {'include_usage': true}");
        JsonNode last = chunks.get(chunks.size() - 1);

        assertThat(last.get("choices")).isEmpty();
        assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(6);
    }

    @Test
    void d1LogprobsAreNullUnlessAskedFor() {
        assertThat(answer("'ab'", "").at("/choices/0/logprobs").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void d5EveryListIsAsLongAsTheTokens(int top) {
        JsonNode logprobs = answer("'ab^'", "'logprobs': " + top).at("/choices/0/logprobs");

        assertThat(texts(logprobs.get("tokens"))).containsExactly("A", "B", "C", "D", "E");
        assertThat(logprobs.get("text_offset")).extracting(JsonNode::asInt).containsExactly(0, 1, 2, 3, 4);
        assertThat(logprobs.get("token_logprobs")).hasSize(5).allMatch(value -> value.asDouble() <= 0);
        assertThat(logprobs.get("top_logprobs")).hasSize(5).allMatch(map -> map.size() == Math.max(1, top));
        assertThat(logprobs.at("/top_logprobs/0/A").asDouble())
                .isEqualTo(logprobs.at("/token_logprobs/0").asDouble());
    }

    @Test
    void d5StreamedOffsetsCountOn() {
        List<JsonNode> chunks = chunks("'ab'", "'max_tokens': 3, 'logprobs': 0");

        assertThat(chunks)
                .extracting(
                        chunk -> chunk.at("/choices/0/logprobs/text_offset/0").asInt())
                .containsExactly(0, 1, 2);
    }

    @Test
    void d3ASampledTokenThatIsNotAmongTheBestIsTold() {
        JsonNode logprobs = answer("'#'", "'max_tokens': 30, 'logprobs': 1, 'seed': 3, 'temperature': 1")
                .at("/choices/0/logprobs");

        assertThat(logprobs.get("top_logprobs"))
                .allMatch(map -> map.size() == 1 || map.size() == 2)
                .anyMatch(map -> map.size() == 2);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static JsonNode answer(String prompt, String more) {
        return server.json(TestServer.COMPLETIONS, completion(prompt, more));
    }

    private static List<JsonNode> chunks(String prompt, String more) {
        return server.chunks(TestServer.COMPLETIONS, completion(prompt, "'stream': true, " + more));
    }

    private static String text(JsonNode answer, int index) {
        return answer.get("choices").get(index).get("text").asText();
    }

    private static String joined(List<JsonNode> chunks, int index) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0"))
                .filter(choice -> choice.path("index").asInt(-1) == index)
                .map(choice -> choice.get("text").asText())
                .collect(Collectors.joining());
    }

    static String completion(String prompt, String more) {
        String temperature = more.contains("'temperature'") ? "" : ", 'temperature': 0";
        return quoted("{'model': 'test/model', 'prompt': " + prompt + temperature + (more.isEmpty() ? "" : ", " + more)
                + "}");
    }
}
