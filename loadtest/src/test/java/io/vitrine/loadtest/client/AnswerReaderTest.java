package io.vitrine.loadtest.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.vitrine.loadtest.client.AnswerReader.Chunk;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AnswerReaderTest {

    @Test
    void readsAChatChunkWithItsCounts() throws IOException {
        Chunk chunk = read(
                "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"logprobs\":{\"content\":[{\"token\":\"Hi\"}]},"
                        + "\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":32,\"completion_tokens\":3,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":16},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}");

        assertThat(chunk).isEqualTo(new Chunk("Hi", false, true, false, 32, 16, 3, null));
    }

    @Test
    void tellsReasoningFromTheAnswer() throws IOException {
        Chunk chunk = read("{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\",\"content\":null}}]}");

        assertThat(chunk.reasoning()).isTrue();
        assertThat(chunk.text()).isEmpty();
        assertThat(chunk.completionTokens()).isEqualTo(AnswerReader.UNKNOWN);
    }

    @Test
    void findsNoTextInTheFirstChunkThatHasTheRoleOnly() throws IOException {
        assertThat(read("{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}")
                        .hasText())
                .isFalse();
    }

    @Test
    void readsACompletionAndAWholeChatAnswer() throws IOException {
        assertThat(read("{\"choices\":[{\"text\":\" a\",\"finish_reason\":\"stop\"}]}"))
                .isEqualTo(new Chunk(" a", false, true, true, -1, -1, -1, null));
        assertThat(
                        read("{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"b\"},\"finish_reason\":\"stop\"}]}")
                                .text())
                .isEqualTo("b");
    }

    @Test
    void readsErrorsOfAllShapes() throws IOException {
        assertThat(read("{\"error\":{\"message\":\"full\",\"type\":\"x\",\"code\":null}}")
                        .error())
                .isEqualTo("full");
        assertThat(read("{\"error\":\"full\"}").error()).isEqualTo("full");
        assertThat(read("{\"object\":\"error\",\"message\":\"full\"}").error()).isEqualTo("full");
    }

    @Test
    void refusesWhatIsNoObject() {
        for (String text : new String[] {"[1]", "{\"choices\":", "x", ""}) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
        }
    }

    private static Chunk read(String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return AnswerReader.read(bytes, bytes.length);
    }
}
