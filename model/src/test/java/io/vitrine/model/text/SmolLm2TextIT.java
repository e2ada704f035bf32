package io.vitrine.model.text;

import java.time.Clock;
import java.util.List;
import java.util.Set;

import io.vitrine.model.SmolLm2;
import io.vitrine.model.weights.GgufFile;
import io.vitrine.model.weights.GgufMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The vocabulary and chat template of the real SmolLM2-135M-Instruct, against llama.cpp's ids.
 */
class SmolLm2TextIT {

    private static GgufMetadata metadata;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() throws Exception {
        try (GgufFile file = GgufFile.open(SmolLm2.gguf())) {
            metadata = file.metadata();
        }
        tokenizer = Tokenizers.fromGguf(metadata);
    }

    @AfterAll
    static void close() {
        if (tokenizer != null) {
            tokenizer.close();
        }
    }

    @Test
    void givesTheIdsOfLlamaCpp() {
        List<TokenizerCases.Case> cases =
                TokenizerCases.read("smollm2-expected.json").of("all");
        assertThat(cases).hasSizeGreaterThan(50);
        for (TokenizerCases.Case expected : cases) {
            assertThat(tokenizer.encode(expected.text(), false))
                    .as("%s", expected)
                    .containsExactly(expected.ids());
        }
    }

    /** But for special tokens, which are no text, and control characters, which this vocabulary has no tokens for. */
    @Test
    void decodesWhatItEncoded() {
        for (TokenizerCases.Case expected :
                TokenizerCases.read("smollm2-expected.json").of("all")) {
            if (!expected.text().contains("<|") && !expected.text().contains("<repo_name>")) {
                assertThat(tokenizer.decode(expected.ids())).isEqualTo(expected.text());
            }
        }
    }

    @Test
    void addsNothingAroundAText() {
        assertThat(tokenizer.encode("Hello world", true)).containsExactly(tokenizer.encode("Hello world", false));
        assertThat(tokenizer.vocabularySize()).isEqualTo(49_152);
    }

    @Test
    void writesThePromptWithItsDefaultSystemMessage() {
        JinjaChatTemplate template = ChatTemplates.fromGguf(
                        metadata, Clock.systemUTC(), tokenizer.controlTokens(), ControlTokens.IN_TEMPLATE)
                .orElseThrow();
        String prompt = template.render(List.of(new ChatMessage("user", "What is gravity?")))
                .text();
        assertThat(prompt).isEqualTo("""
                        <|im_start|>system
                        You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
                        <|im_start|>user
                        What is gravity?<|im_end|>
                        <|im_start|>assistant
                        """);
        assertThat(tokenizer.encode(prompt, false)).startsWith(1).contains(2);
        assertThat(EndOfText.ids(Set.of(0), tokenizer, template.source())).containsExactlyInAnyOrder(0, 2);
    }
}
