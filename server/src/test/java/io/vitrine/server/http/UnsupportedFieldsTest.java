package io.vitrine.server.http;

import java.net.http.HttpResponse;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.vitrine.server.http.ChatConformanceTest.chat;
import static io.vitrine.server.http.CompletionConformanceTest.completion;
import static org.assertj.core.api.Assertions.assertThat;

/** What would change the answer and is not supported is refused by name, over real HTTP. */
class UnsupportedFieldsTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'echo': true",
                "'prompt_logprobs': 0",
                "'suffix': 'x'",
                "'best_of': 2",
                "'modalities': ['audio']",
                "'audio': {'voice': 'x'}",
                "'reasoning_effort': 'high'",
                "'prediction': {'type': 'content', 'content': 'x'}",
                "'web_search_options': {}",
                "'functions': [{'name': 'f'}]",
                "'chat_template': '{{ messages }}'",
                "'function_call': 'auto'",
                "'documents': [{'text': 'x'}]",
            })
    void aChatIsRefused(String field) {
        assertRefused(server.post(TestServer.CHAT, chat("hi", field)), field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools': [{'type': 'function', 'function': {'name': 'f'}}]",
                "'tool_choice': 'required'",
                "'messages': [{'role': 'user', 'content': 'hi'}]",
                "'chat_template_kwargs': {'a': 1}",
                "'enable_thinking': true",
                "'continue_final_message': true",
                "'add_generation_prompt': false",
                "'suffix': 'x'",
            })
    void aCompletionIsRefused(String field) {
        assertRefused(server.post(TestServer.COMPLETIONS, completion("'hi'", field)), field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'structural_tag': {}",
                "'guided_whitespace_pattern': ' '",
                "'typical_p': 0.9",
                "'top_a': 0.1",
                "'mirostat': 2",
                "'dry_multiplier': 0.8",
                "'xtc_probability': 0.5",
                "'tfs': 0.9",
                "'length_penalty': 1.1",
                "'use_beam_search': true",
                "'best_of': 2",
                "'truncate_prompt_tokens': 5",
                "'lora': [{'id': 0, 'scale': 1}]",
            })
    void eitherKindIsRefused(String field) {
        assertRefused(server.post(TestServer.CHAT, chat("hi", field)), field);
        assertRefused(server.post(TestServer.COMPLETIONS, completion("'hi'", field)), field);
    }

    private static void assertRefused(HttpResponse<String> response, String field) {
        String name = field.substring(1, field.indexOf('\'', 1));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = TestServer.parse(response.body()).get("error");
        assertThat(error.get("param").asText()).isEqualTo(name);
        assertThat(error.get("code").asText()).isEqualTo("unsupported_parameter");
    }

    @Test
    void defaultsOfClientsAndUnknownFieldsPass() {
        String fields =
                "'tools': [], 'tool_choice': 'none', 'response_format': {'type': 'text'}, 'modalities': ['text'],"
                        + " 'min_tokens': 0, 'typical_p': 1.0, 'mirostat': 0, 'best_of': 1, 'echo': false, 'stop_token_ids': [],"
                        + " 'add_generation_prompt': true, 'reasoning_effort': 'none', 'guided_json': null, 'skip_special_tokens': true,"
                        + " 'max_tokens': 1, 'metadata': {'a': 'b'}, 'store': false, 'service_tier': 'auto', 'whatever': 1";
        assertThat(server.post(TestServer.CHAT, chat("hi", fields)).statusCode())
                .isEqualTo(200);
    }
}
