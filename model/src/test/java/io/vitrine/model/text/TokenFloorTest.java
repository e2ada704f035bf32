package io.vitrine.model.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenFloorTest {

    private static final List<String> PIECES = List.of(
            "1",
            "a",
            "the ",
            " ",
            "    ",
            "\n",
            "\t\t",
            "é",
            "e\u0301",
            "\u212A",
            "한",
            "\u1112\u1161\u11AB",
            "😀",
            "\u2581",
            "\u2581\u2581",
            "\u0001",
            "\u0004",
            "<0x0A>",
            "<|im_start|>",
            "<s>",
            "</s>",
            "\u0120",
            "=====");

    private static final String DECODER =
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}";

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "gpt-2", "llama-bpe", "smaug-bpe", "qwen2"})
    void neverExceedsTheTokensOfByteLevelTexts(String pre) {
        assertFloor(TokenizerCases.read("gguf-byte-level-bpe.json").gguf("gpt2", pre));
    }

    @Test
    void neverExceedsTheTokensOfSentencePieceTexts() {
        assertFloor(TokenizerCases.sentencePiece());
    }

    /** Texts that are long in few tokens: runs of one piece, of a token's own text, and mixtures. */
    private static void assertFloor(Map<String, Object> gguf) {
        Random random = new Random(7);
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            PIECES.forEach(piece -> assertFloor(tokenizer, piece.repeat(50)));
            for (int id = 0; id < tokenizer.vocabularySize(); id++) {
                assertFloor(tokenizer, tokenizer.decode(new int[] {id}).repeat(1 + id % 3));
                assertFloor(tokenizer, tokenizer.token(id));
            }
            for (int i = 0; i < 500; i++) {
                StringBuilder text = new StringBuilder();
                for (int piece = random.nextInt(30); piece >= 0; piece--) {
                    text.append(PIECES.get(random.nextInt(PIECES.size())).repeat(1 + random.nextInt(3)));
                }
                assertFloor(tokenizer, text.toString());
            }
        }
    }

    private static void assertFloor(Tokenizer tokenizer, String text) {
        assertThat(tokenizer.fewestTokens(text)).as(text).isLessThanOrEqualTo(tokenizer.encode(text, false).length);
    }

    @Test
    void aDigitThatHasNoLongerTokenCountsAsOne() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            assertThat(tokenizer.encode("7".repeat(100), false)).hasSize(100);
            assertThat(tokenizer.fewestTokens("7".repeat(2_000_000))).isEqualTo(2_000_000);
            assertThat(tokenizer.fewestTokens("")).isZero();
        }
    }

    /** A tokenizer that drops or rewrites text has no bound. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"normalizer\":{\"type\":\"Lowercase\"}",
                "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"\"}",
                "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"a\"},\"behavior\":\"Removed\",\"invert\":false}",
                "\"pre_tokenizer\":{\"type\":\"Whitespace\"}",
            })
    void knowsNothingOfATokenizerThatDropsText(String section, @TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"version\":\"1.0\"," + section + ",\"decoder\":" + DECODER + ","
                        + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}");
        try (Tokenizer tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.fewestTokens("ab".repeat(100))).isZero();
        }
    }

    @Test
    void countsNoSpaceWhereATokenAbsorbsSpaces(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":2,\"content\":\"<m>\",\"single_word\":false,"
                        + "\"lstrip\":true,\"rstrip\":false,\"normalized\":false,\"special\":true}],"
                        + "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,"
                        + "\"use_regex\":true},\"decoder\":" + DECODER + ","
                        + "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"\u0120\":1},\"merges\":[]}}");
        try (Tokenizer tokenizer = Tokenizers.fromFolder(folder)) {
            String text = "aaa" + " ".repeat(100) + "<m>";
            assertThat(tokenizer.encode(text, false)).hasSizeLessThan(10);
            assertThat(tokenizer.fewestTokens(text)).isBetween(3L, 4L);
        }
    }
}
