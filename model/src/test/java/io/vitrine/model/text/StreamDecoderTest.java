package io.vitrine.model.text;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StreamDecoderTest {

    @Test
    void waitsForTheWholeCharacter() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            StreamDecoder decoder = new StreamDecoder(tokenizer);
            byte[] robot = "🤖".getBytes(UTF_8);
            assertThat(decoder.accept(new byte[] {'a', robot[0]})).isEqualTo("a");
            assertThat(decoder.accept(new byte[] {robot[1], robot[2]})).isEmpty();
            assertThat(decoder.accept(new byte[] {robot[3], 'b'})).isEqualTo("🤖b");
            assertThat(decoder.flush()).isEmpty();
        }
    }

    @Test
    void replacesACharacterThatIsNeverCompleted() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            StreamDecoder decoder = new StreamDecoder(tokenizer);
            byte[] robot = "🤖".getBytes(UTF_8);
            assertThat(decoder.accept(Arrays.copyOf(robot, 3))).isEmpty();
            assertThat(decoder.flush()).isEqualTo("\ufffd");
            assertThat(decoder.accept(Arrays.copyOf(robot, 2))).isEmpty();
            assertThat(decoder.accept("x".getBytes(UTF_8))).isEqualTo("\ufffdx");
            assertThat(decoder.flush()).isEmpty();
        }
    }

    @Test
    void saysNothingForSpecialTokensAndRefusesUnknownOnes() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            StreamDecoder decoder = new StreamDecoder(tokenizer);
            assertThat(decoder.accept(tokenizer.encode("<|im_end|>", false)[0])).isEmpty();
            assertThatThrownBy(() -> decoder.accept(tokenizer.vocabularySize()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void givesInPiecesWhatDecodingAllTokensGives() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            Random random = new Random(3);
            for (int round = 0; round < 3000; round++) {
                int[] ids = random.ints(random.nextInt(20), 0, tokenizer.vocabularySize())
                        .toArray();
                assertThat(streamed(tokenizer, ids)).isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    /** An answer goes on from a prompt: the space that a whole text loses belongs to it. */
    @Test
    void keepsTheLeadingSpaceOfSentencePiece() {
        Map<String, Object> gguf = TokenizerCases.sentencePiece();
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            Random random = new Random(4);
            for (int round = 0; round < 2000; round++) {
                int[] ids = random.ints(random.nextInt(20), 0, tokenizer.vocabularySize())
                        .toArray();
                String streamed = streamed(tokenizer, ids);
                assertThat(streamed.startsWith(" ") ? streamed.substring(1) : streamed)
                        .isEqualTo(tokenizer.decode(ids));
            }
            assertThat(streamed(tokenizer, tokenizer.encode("the", false))).isEqualTo(" the");
        }
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        StreamDecoder decoder = new StreamDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String piece = decoder.accept(id);
            assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
                    .isTrue();
            text.append(piece);
        }
        return text.append(decoder.flush()).toString();
    }

    /** Bytes are drawn from those where UTF-8 has its edges: overlong forms, surrogates, the end of Unicode. */
    @Test
    void givesForAnyBytesInAnyPiecesWhatAStringOfAllBytesGives() {
        int[] edges = {
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
            0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF
        };
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            Random random = new Random(5);
            for (int round = 0; round < 50_000; round++) {
                byte[] bytes = new byte[random.nextInt(12)];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) edges[random.nextInt(edges.length)];
                }
                assertThat(inRandomPieces(tokenizer, bytes, random)).isEqualTo(new String(bytes, UTF_8));
            }
        }
    }

    private static String inRandomPieces(Tokenizer tokenizer, byte[] bytes, Random random) {
        StreamDecoder decoder = new StreamDecoder(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + random.nextInt(4));
            text.append(decoder.accept(Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        return text.append(decoder.flush()).toString();
    }
}
