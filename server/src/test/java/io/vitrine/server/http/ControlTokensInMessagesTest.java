package io.vitrine.server.http;

import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.vitrine.server.http.ChatConformanceTest.quoted;
import static org.assertj.core.api.Assertions.assertThat;

/** The spelling of a control token: seven bytes of text in a chat, one token in a plain prompt. */
class ControlTokensInMessagesTest {

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
    void isTextInAMessage() {
        int plain = chatTokens("'ab'");

        assertThat(chatTokens("'<|end|>ab'")).isEqualTo(plain + 7);
        assertThat(chatTokens("[{'type': 'text', 'text': '<|e'}, {'type': 'text', 'text': 'nd|>ab'}]"))
                .isGreaterThanOrEqualTo(plain + 7);
    }

    @Test
    void isATokenInAPlainPrompt() {
        int plain = promptTokens("'ab'");

        assertThat(promptTokens("'<|end|>ab'")).isEqualTo(plain + 1);
    }

    private static int chatTokens(String content) {
        return server.json(
                        TestServer.CHAT,
                        quoted("{'model': 'test/model', 'max_tokens': 1, 'messages': [{'role': 'user', 'content': "
                                + content + "}]}"))
                .at("/usage/prompt_tokens")
                .asInt();
    }

    private static int promptTokens(String prompt) {
        return server.json(
                        TestServer.COMPLETIONS,
                        quoted("{'model': 'test/model', 'max_tokens': 1, 'prompt': " + prompt + "}"))
                .at("/usage/prompt_tokens")
                .asInt();
    }
}
