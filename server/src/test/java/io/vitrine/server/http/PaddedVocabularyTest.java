package io.vitrine.server.http;

import java.net.http.HttpResponse;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.ByteTokenizer;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.quoted;
import static org.assertj.core.api.Assertions.assertThat;

/** A model whose head has more rows than its tokenizer has tokens, and prefers those that have no text. */
class PaddedVocabularyTest {

    private static final int PADDING = 64;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Telemetry.off(), config -> TestModel.with(TestModel.paddedRunner(PADDING), 4));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'temperature': 0",
                "'temperature': 1",
                "'temperature': 1, 'top_k': 5",
                "'temperature': 1, 'top_p': 0.9",
                "'temperature': 1, 'presence_penalty': 1",
                "'temperature': 1, 'logit_bias': {'65': 1}"
            })
    void drawsOnlyTokensThatHaveAText(String sampling) {
        JsonNode answer = server.json(TestServer.COMPLETIONS, body(sampling + ", 'max_tokens': 5"));

        assertThat(answer.at("/choices/0/text").asText()).isEqualTo("cdefg");
    }

    @Test
    void logprobsListAndWeighOnlyTokensThatExist() {
        JsonNode scores = server.json(TestServer.COMPLETIONS, body("'temperature': 0, 'max_tokens': 1, 'logprobs': 5"))
                .at("/choices/0/logprobs");

        // One logit of 30 among 257 of 0: were the padding counted, this would be below -30.
        assertThat(scores.at("/token_logprobs/0").asDouble()).isBetween(-1e-3, 0.0);
        assertThat(scores.at("/top_logprobs/0").size()).isEqualTo(5);
    }

    @Test
    void refusesIdsWithoutATokenByName() {
        int id = ByteTokenizer.SIZE + 1;
        HttpResponse<String> bias = server.post(TestServer.COMPLETIONS, body("'logit_bias': {'" + id + "': 1}"));
        HttpResponse<String> prompt =
                server.post(TestServer.COMPLETIONS, quoted("{'model': 'test/model', 'prompt': [97, " + id + "]}"));

        assertThat(bias.statusCode()).isEqualTo(400);
        assertThat(bias.body()).contains("logit_bias", Integer.toString(id));
        assertThat(prompt.statusCode()).isEqualTo(400);
        assertThat(prompt.body()).contains("prompt", Integer.toString(id));
    }

    private static String body(String more) {
        return quoted("{'model': 'test/model', 'prompt': 'ab', " + more + "}");
    }
}
