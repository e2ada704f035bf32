package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Chat against the checklist of what OpenAI's clients and other servers' suites rely on; names begin with its items. */
class ChatConformanceTest {

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
    void a1EveryEventIsOneDataRecordAndTheStreamEndsWithDone() {
        List<String> records = server.stream(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 3"));

        assertThat(records).last().isEqualTo("[DONE]");
        assertThat(records).filteredOn("[DONE]"::equals).hasSize(1);
    }

    @Test
    void a1AStreamIsSaidToBeOne() {
        var response = server.post(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 1"));

        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-cache");
    }

    @Test
    void a4AnErrorBeforeTheFirstTokenHasItsRealStatus() {
        var response = server.post(TestServer.CHAT, chat("x".repeat(600), "'stream': true"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(TestServer.parse(response.body()).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    }

    @Test
    void a5AllChunksShareIdCreatedModelAndFingerprint() {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT,
                chat("hi", "'stream': true, 'max_tokens': 4, 'stream_options': {'include_usage': true}"));

        assertThat(chunks)
                .extracting(chunk -> chunk.get("id").asText())
                .containsOnly(chunks.get(0).get("id").asText());
        assertThat(chunks.get(0).get("id").asText()).startsWith("chatcmpl-");
        assertThat(chunks)
                .extracting(chunk -> chunk.get("created").asLong())
                .containsOnly(chunks.get(0).get("created").asLong());
        assertThat(chunks).extracting(chunk -> chunk.get("model").asText()).containsOnly(TestModel.NAME);
        assertThat(chunks).extracting(chunk -> chunk.get("object").asText()).containsOnly("chat.completion.chunk");
        assertThat(chunks)
                .extracting(chunk -> chunk.get("system_fingerprint").asText())
                .containsOnly(chunks.get(0).get("system_fingerprint").asText());
    }

    @Test
    void a6OnlyTheFirstChunkCarriesTheRole() {
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 3"));

        assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
        assertThat(chunks.subList(1, chunks.size()))
                .allMatch(chunk -> chunk.at("/choices/0/delta/role").isMissingNode());
    }

    @Test
    void a7TheFinishReasonIsNullUntilTheLastChunkAndComesOnce() {
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 3"));

        assertThat(chunks.subList(0, chunks.size() - 1))
                .allMatch(chunk -> chunk.at("/choices/0/finish_reason").isNull());
        assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hi", "^", "~"})
    void a8JoinedDeltasAreTheUnstreamedText(String prompt) {
        String whole = content(server.json(TestServer.CHAT, chat(prompt, "'max_tokens': 9")));
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat(prompt, "'stream': true, 'max_tokens': 9"));

        assertThat(joined(chunks, 0)).isEqualTo(whole).isNotEmpty();
    }

    @Test
    void a9AnAnswerOfSeveralTokensComesInSeveralChunks() {
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 8"));

        assertThat(chunks.stream()
                        .filter(chunk ->
                                !chunk.at("/choices/0/delta/content").asText().isEmpty()))
                .hasSize(8);
    }

    @Test
    void neverSendsHalfACharacter() {
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat("~", "'stream': true, 'max_tokens': 4"));

        assertThat(chunks)
                .extracting(chunk -> chunk.at("/choices/0/delta/content").asText())
                .containsExactly("", "é", "a", "b");
    }

    @Test
    void a13AndC6MaxTokensGivesExactlyThatManyAndFinishReasonLength() {
        JsonNode answer = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 7"));

        assertThat(content(answer)).isEqualTo("jklmnop");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(7);
    }

    @Test
    void b1AndB2UsageIsExact() {
        JsonNode usage = server.json(TestServer.CHAT, chat("^", "")).get("usage");

        // "user=^|" has 7 bytes; "ABCDE" has 5, and the end of text is a token too.
        assertThat(usage.get("prompt_tokens").asInt()).isEqualTo(7);
        assertThat(usage.get("completion_tokens").asInt()).isEqualTo(6);
        assertThat(usage.get("total_tokens").asInt()).isEqualTo(13);
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", 'stream_options': {}",
                ", 'stream_options': null",
                ", 'stream_options': {'include_usage': false}"
            })
    void b3UsageIsNullOnEveryChunkUnlessAskedFor(String options) {
        List<JsonNode> chunks = server.chunks(TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 3" + options));

        assertThat(chunks)
                .allMatch(chunk -> chunk.has("usage") && chunk.get("usage").isNull());
        assertThat(chunks).noneMatch(chunk -> chunk.get("choices").isEmpty());
    }

    @Test
    void b4UsageAskedForComesInOneMoreChunkAtTheEnd() {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT,
                chat("hi", "'stream': true, 'max_tokens': 3, 'stream_options': {'include_usage': true}"));
        JsonNode last = chunks.get(chunks.size() - 1);

        assertThat(chunks.subList(0, chunks.size() - 1))
                .allMatch(chunk -> chunk.get("usage").isNull());
        assertThat(last.get("choices")).isEmpty();
        assertThat(last.at("/usage/prompt_tokens").asInt()).isEqualTo(8);
        assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'include_usage': true}", "{'include_usage': null}"})
    void b6StreamOptionsWithoutAStreamAreRefused(String options) {
        for (String stream : List.of("", "'stream': false, ")) {
            var response = server.post(TestServer.CHAT, chat("hi", stream + "'stream_options': " + options));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(TestServer.parse(response.body()).at("/error/param").asText())
                    .isEqualTo("stream_options");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hi", "^", "~"})
    void b7ContinuousUsageRisesWithEveryChunk(String prompt) {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT,
                chat(
                        prompt,
                        "'stream': true, 'max_tokens': 9,"
                                + " 'stream_options': {'include_usage': true, 'continuous_usage_stats': true}"));
        List<Integer> completion = chunks.stream()
                .filter(chunk -> !chunk.get("choices").isEmpty())
                .map(chunk -> chunk.at("/usage/completion_tokens").asInt())
                .toList();

        assertThat(completion).first().isEqualTo(0);
        assertThat(completion).isSorted().doesNotHaveDuplicates();
        assertThat(chunks)
                .allMatch(chunk -> chunk.at("/usage/total_tokens").asInt()
                        == chunk.at("/usage/prompt_tokens").asInt()
                                + chunk.at("/usage/completion_tokens").asInt());
    }

    @Test
    void b7ContinuousUsageNeedsIncludeUsage() {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT,
                chat("hi", "'stream': true, 'max_tokens': 2, 'stream_options': {'continuous_usage_stats': true}"));

        assertThat(chunks).allMatch(chunk -> chunk.get("usage").isNull());
    }

    @Test
    void c1DefaultsGiveAnAssistantsMessage() {
        JsonNode answer = server.json(
                TestServer.CHAT, quoted("{'model': 'test/model', 'messages': [{'role': 'user', 'content': '^'}]}"));

        assertThat(answer.get("object").asText()).isEqualTo("chat.completion");
        assertThat(answer.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(content(answer)).isEqualTo("ABCDE");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void c1TheDefaultLengthIsTheRestOfTheContext() {
        JsonNode usage = server.json(TestServer.CHAT, chat("hi", "")).get("usage");

        assertThat(usage.get("total_tokens").asInt()).isEqualTo(TestModel.CONTEXT_LENGTH);
    }

    @Test
    void c2TextPartsAreTheSameAsAString() {
        String parts = quoted("{'model': 'test/model', 'temperature': 0, 'max_tokens': 5, 'messages': [{'role': 'user',"
                + " 'content': [{'type': 'text', 'text': 'h'}, {'type': 'text', 'text': 'i'}]}]}");
        JsonNode fromParts = server.json(TestServer.CHAT, parts);
        JsonNode fromString = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 5"));

        assertThat(content(fromParts)).isEqualTo(content(fromString));
        assertThat(fromParts.get("usage")).isEqualTo(fromString.get("usage"));
    }

    @Test
    void c4UnknownFieldsAreIgnored() {
        String body = quoted("{'model': 'test/model', 'max_tokens': 2, 'temperature': 0, 'whatever': {'a': [1]},"
                + " 'messages': [{'role': 'user', 'content': 'hi', 'mood': 'good'}]}");

        assertThat(content(server.json(TestServer.CHAT, body))).isEqualTo("jk");
    }

    @Test
    void c5MaxCompletionTokensWins() {
        JsonNode answer = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 9, 'max_completion_tokens': 2"));

        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    }

    @Test
    void c11NGivesSoManyChoicesThatDiffer() {
        JsonNode answer = server.json(TestServer.CHAT, chat("#", "'n': 3, 'max_tokens': 12, 'temperature': 1"));
        List<String> texts = new ArrayList<>();
        answer.get("choices")
                .forEach(choice -> texts.add(choice.at("/message/content").asText()));

        assertThat(answer.get("choices"))
                .extracting(choice -> choice.get("index").asInt())
                .containsExactly(0, 1, 2);
        assertThat(answer.get("choices"))
                .extracting(choice -> choice.get("finish_reason").asText())
                .containsOnly("length");
        assertThat(texts).doesNotHaveDuplicates();
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(7);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(36);
    }

    @Test
    void c12NStreamsEachChoiceWithItsOwnRoleAndEnd() {
        List<JsonNode> chunks =
                server.chunks(TestServer.CHAT, chat("#", "'n': 3, 'max_tokens': 5, 'temperature': 1, 'stream': true"));

        for (int index = 0; index < 3; index++) {
            int wanted = index;
            List<JsonNode> own = chunks.stream()
                    .map(chunk -> chunk.at("/choices/0"))
                    .filter(choice -> choice.get("index").asInt() == wanted)
                    .toList();
            assertThat(own.get(0).at("/delta/role").asText()).isEqualTo("assistant");
            assertThat(own)
                    .filteredOn(choice -> !choice.get("finish_reason").isNull())
                    .hasSize(1);
            assertThat(joined(chunks, wanted)).hasSize(5);
        }
    }

    @Test
    void c14TheSameSeedRepeatsAndAnotherDiffers() {
        String first =
                content(server.json(TestServer.CHAT, chat("#", "'seed': 5, 'max_tokens': 20, 'temperature': 1")));
        String again =
                content(server.json(TestServer.CHAT, chat("#", "'seed': 5, 'max_tokens': 20, 'temperature': 1")));
        String other =
                content(server.json(TestServer.CHAT, chat("#", "'seed': 6, 'max_tokens': 20, 'temperature': 1")));
        String unseeded = content(server.json(TestServer.CHAT, chat("#", "'max_tokens': 20, 'temperature': 1")));

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(unseeded).isNotEqualTo(first);
    }

    @Test
    void c16ABiasOfMinus100BansAToken() {
        JsonNode answer =
                server.json(TestServer.CHAT, chat("hi", "'max_tokens': 3, 'logit_bias': {'106': -100, '120': 5}"));

        // After "i" the model wants "j" (106); banned, the biased "x" (120) is next best.
        assertThat(content(answer)).isEqualTo("xyz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'no'", "['zz', 'no']"})
    void c19TheTextEndsBeforeTheStopString(String stop) {
        JsonNode answer = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 20, 'stop': " + stop));

        assertThat(content(answer)).isEqualTo("jklm");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/stop_reason").asText()).isEqualTo("no");
        // "n" and "o" were generated as well.
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(6);
    }

    @Test
    void c20AStopStringOfSeveralTokensEndsAStreamAtTheRightPlace() {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT, chat("hi", "'max_tokens': 20, 'stream': true, 'stop': ['mnop', 'klmx']"));

        assertThat(joined(chunks, 0)).isEqualTo("jkl");
        assertThat(chunks.get(chunks.size() - 1).at("/choices/0/finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks.get(chunks.size() - 1).at("/choices/0/stop_reason").asText())
                .isEqualTo("mnop");
    }

    @Test
    void c21NoStopStringNoStopReason() {
        assertThat(server.json(TestServer.CHAT, chat("^", ""))
                        .at("/choices/0/stop_reason")
                        .isNull())
                .isTrue();
    }

    @Test
    void c23IgnoreEosRunsOn() {
        JsonNode answer = server.json(TestServer.CHAT, chat("^", "'ignore_eos': true, 'max_tokens': 8"));

        assertThat(content(answer)).isEqualTo("ABCDEab");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void c25TheFingerprintIsStable() {
        String first = server.json(TestServer.CHAT, chat("^", ""))
                .get("system_fingerprint")
                .asText();
        String second = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 1"))
                .get("system_fingerprint")
                .asText();

        assertThat(first).startsWith("fp_").isEqualTo(second);
    }

    @Test
    void d1LogprobsAreNullUnlessAskedFor() {
        assertThat(server.json(TestServer.CHAT, chat("^", ""))
                        .at("/choices/0/logprobs")
                        .isNull())
                .isTrue();
        assertThat(server.chunks(TestServer.CHAT, chat("^", "'stream': true")))
                .allMatch(chunk -> chunk.at("/choices/0/logprobs").isNull());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 20})
    void d2AndD3EveryTokenHasAsManyAlternativesAsAskedFor(int top) {
        JsonNode answer = server.json(TestServer.CHAT, chat("^", "'logprobs': true, 'top_logprobs': " + top));

        assertThat(answer.at("/choices/0/logprobs/content"))
                .hasSize(5)
                .allMatch(entry -> entry.get("top_logprobs").size() == top);
    }

    @Test
    void d4TokensHaveLogprobsAndBytesAndJoinToTheText() {
        JsonNode answer = server.json(TestServer.CHAT, chat("^", "'logprobs': true, 'top_logprobs': 2"));
        JsonNode entries = answer.at("/choices/0/logprobs/content");

        assertThat(tokens(entries)).isEqualTo(content(answer)).isEqualTo("ABCDE");
        assertThat(entries).allMatch(entry -> entry.get("logprob").asDouble() <= 0);
        assertThat(entries.get(0).get("bytes")).extracting(JsonNode::asInt).containsExactly((int) 'A');
        assertThat(entries.get(0).at("/top_logprobs/0/token").asText()).isEqualTo("A");
        assertThat(entries.get(0).at("/top_logprobs/0/logprob").asDouble())
                .isEqualTo(entries.get(0).get("logprob").asDouble());
    }

    @Test
    void d4StreamedTokensJoinToTheTextToo() {
        List<JsonNode> chunks = server.chunks(
                TestServer.CHAT, chat("hi", "'stream': true, 'max_tokens': 6, 'logprobs': true, 'stop': ['xyz']"));
        String tokens = chunks.stream()
                .map(chunk -> tokens(chunk.at("/choices/0/logprobs/content")))
                .collect(Collectors.joining());

        assertThat(tokens).isEqualTo(joined(chunks, 0)).isEqualTo("jklmno");
    }

    @Test
    void d4TokensThatAStopStringCutOffAreNotTold() {
        JsonNode answer = server.json(TestServer.CHAT, chat("hi", "'max_tokens': 20, 'logprobs': true, 'stop': 'lm'"));

        assertThat(tokens(answer.at("/choices/0/logprobs/content")))
                .isEqualTo(content(answer))
                .isEqualTo("jk");
    }

    @Test
    void d4BytesOfACharacterInTwoTokensJoinToIt() {
        JsonNode entries = server.json(TestServer.CHAT, chat("~", "'max_tokens': 2, 'logprobs': true"))
                .at("/choices/0/logprobs/content");

        assertThat(entries.findValues("bytes"))
                .extracting(bytes -> bytes.get(0).asInt())
                .containsExactly(0xC3, 0xA9);
    }

    @Test
    void aSpecialTokenIsNamedAndAddsNoBytes() {
        JsonNode entries = server.json(
                        TestServer.CHAT, chat("^", "'ignore_eos': true, 'max_tokens': 7, 'logprobs': true"))
                .at("/choices/0/logprobs/content");

        assertThat(tokens(entries)).isEqualTo("ABCDE<|end|>a");
        assertThat(entries.get(5).get("bytes")).isEmpty();
    }

    private static String tokens(JsonNode entries) {
        StringBuilder text = new StringBuilder();
        entries.forEach(entry -> text.append(entry.get("token").asText()));
        return text.toString();
    }

    private static String content(JsonNode answer) {
        return answer.at("/choices/0/message/content").asText();
    }

    private static String joined(List<JsonNode> chunks, int index) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0"))
                .filter(choice -> choice.path("index").asInt(-1) == index)
                .map(choice -> choice.at("/delta/content").asText())
                .collect(Collectors.joining());
    }

    /** One user message; greedy unless {@code more} says otherwise. */
    static String chat(String content, String more) {
        String temperature = more.contains("'temperature'") ? "" : ", 'temperature': 0";
        return quoted("{'model': 'test/model', 'messages': [{'role': 'user', 'content': '" + content + "'}]"
                + temperature + (more.isEmpty() ? "" : ", " + more) + "}");
    }

    static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
