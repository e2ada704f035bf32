package io.vitrine.model.text;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.vitrine.model.weights.GgufMetadata;
import io.vitrine.model.weights.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizersTest {

    @Test
    void givesTheIdsOfTheReferenceFromATokenizerJson() throws Exception {
        try (Tokenizer tokenizer = Tokenizers.fromFolder(byteLevelFolder())) {
            for (TokenizerCases.Case expected :
                    TokenizerCases.read("byte-level/expected.json").of("all")) {
                assertThat(tokenizer.encode(expected.text(), false))
                        .as("%s", expected)
                        .containsExactly(expected.ids());
                assertThat(tokenizer.encode(expected.text(), true))
                        .as("%s with special tokens", expected)
                        .containsExactly(expected.idsWithSpecialTokens());
            }
        }
    }

    /** The file asks for four tokens at most and sixteen at least; a server that obeyed would answer another prompt. */
    @Test
    void neitherCutsNorPadsWhateverTheFileSays() throws Exception {
        assertThat(Files.readString(byteLevelFolder().resolve("tokenizer.json")))
                .contains("\"truncation\":{", "\"padding\":{");
        try (Tokenizer tokenizer = Tokenizers.fromFolder(byteLevelFolder())) {
            String text = "12345 ".repeat(3000);
            assertThat(tokenizer.encode(text, false)).hasSize(18_000);
            assertThat(tokenizer.encode("1", false)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "starcoder", "refact", "gpt-2", "llama-bpe", "smaug-bpe", "qwen2"})
    void givesTheIdsOfLlamaCppForAByteLevelGguf(String pre) {
        TokenizerCases cases = TokenizerCases.read("gguf-byte-level-bpe.json");
        Map<String, Object> gguf = cases.gguf("gpt2", pre);
        gguf.put("tokenizer.ggml.add_bos_token", false);
        assertGives(cases.of(pre), gguf);
    }

    @ParameterizedTest
    @CsvSource({"llama3, llama-bpe", "llama-v3, llama-bpe"})
    void knowsTheOtherNamesOfAPreTokenizer(String name, String sameAs) {
        TokenizerCases cases = TokenizerCases.read("gguf-byte-level-bpe.json");
        assertGives(cases.of(sameAs), cases.gguf("gpt2", name));
    }

    /** Punctuation, then GPT-2's words, then digits by threes: each list of words is what llama.cpp's four patterns cut. */
    @Test
    void defaultCutsAsLlamaCppDoes() {
        Map<String, List<String>> words = Map.of(
                "it's 12345, ok", List.of("it", "'", "s", " ", "123", "45", ",", " ok"),
                "a+b==c  d", List.of("a", "+", "b", "==", "c", " ", " d"),
                " \"the slots\" \n\n", List.of(" ", "\"", "the", " slots", "\"", " \n\n"),
                "x 7½ y1234567", List.of("x", " ", "7½", " y", "123", "456", "7"));
        Map<String, Object> gguf =
                TokenizerCases.read("gguf-byte-level-bpe.json").gguf("gpt2", "default");
        Map<String, Object> letters =
                TokenizerCases.read("gguf-byte-level-bpe.json").gguf("gpt2", "gpt-2");
        try (Tokenizer tokenizer = TokenizerCases.open(gguf);
                Tokenizer wordByWord = TokenizerCases.open(letters)) {
            words.forEach((text, cut) -> assertThat(tokenizer.encode(text, false))
                    .as(text)
                    .containsExactly(cut.stream()
                            .flatMapToInt(word -> Arrays.stream(wordByWord.encode(word, false)))
                            .toArray()));
        }
    }

    @Test
    void givesTheIdsOfSentencePieceForASentencePieceGguf() {
        assertGives(TokenizerCases.read("gguf-sentencepiece.json").of("all"), TokenizerCases.sentencePiece());
    }

    private static void assertGives(List<TokenizerCases.Case> cases, Map<String, Object> gguf) {
        assertThat(cases).hasSizeGreaterThan(35);
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            for (TokenizerCases.Case expected : cases) {
                assertThat(tokenizer.encode(expected.text(), false))
                        .as("%s", expected)
                        .containsExactly(expected.ids());
            }
        }
    }

    @Test
    void composesCharactersBeforeQwenSplitsThem() {
        try (Tokenizer tokenizer = TokenizerCases.open(
                TokenizerCases.read("gguf-byte-level-bpe.json").gguf("gpt2", "qwen2"))) {
            assertThat(tokenizer.encode("e\u0301", false)).containsExactly(tokenizer.encode("é", false));
        }
    }

    /** Converters name the rows that pad an embedding {@code [PAD5]}, say, and type them as unused. */
    @Test
    void rowsThatPadAGgufEmbeddingAreNoTokens() {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        List<String> tokens = new ArrayList<>(((List<?>) gguf.get("tokenizer.ggml.tokens"))
                .stream().map(String.class::cast).toList());
        int size = tokens.size();
        tokens.add("[PAD" + size + "]");
        int[] types = Arrays.copyOf((int[]) gguf.get("tokenizer.ggml.token_type"), size + 1);
        types[size] = 5;
        gguf.put("tokenizer.ggml.tokens", tokens);
        gguf.put("tokenizer.ggml.token_type", types);
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(size);
            assertThat(tokenizer.has(size - 1)).isTrue();
            assertThat(tokenizer.has(size)).isFalse();
            assertThat(tokenizer.has(-1)).isFalse();
        }
    }

    @Test
    void findsControlTokensThatAFileTypesAsText() {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        assertThat(Tokenizers.mistypedControls(new GgufMetadata(gguf))).isEmpty();
        int[] normal = ((int[]) gguf.get("tokenizer.ggml.token_type")).clone();
        Arrays.fill(normal, 1);
        gguf.put("tokenizer.ggml.token_type", normal);
        gguf.put("tokenizer.chat_template", "<|im_start|>{{ messages[0].content }}<|im_end|>");

        assertThat(Tokenizers.mistypedControls(new GgufMetadata(gguf))).containsExactly("<|im_start|>", "<|im_end|>");
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            int[] ids = tokenizer.encode("<|im_start|>hi<|im_end|>", false);
            assertThat(tokenizer.token(ids[0])).isEqualTo("<|im_start|>");
            assertThat(tokenizer.isSpecial(ids[0])).isTrue();
            assertThat(tokenizer.decode(ids)).isEqualTo("hi");
        }
    }

    @Test
    void addsBosAndEosAsTheFileSays() {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        assertThat(edges(gguf)).isEqualTo("a");
        gguf.put("tokenizer.ggml.add_bos_token", true);
        assertThat(edges(gguf)).isEqualTo("<|im_start|>a");
        gguf.put("tokenizer.ggml.add_eos_token", true);
        assertThat(edges(gguf)).isEqualTo("<|im_start|>a<|im_end|>");
        gguf.put("tokenizer.ggml.add_bos_token", false);
        assertThat(edges(gguf)).isEqualTo("a<|im_end|>");
    }

    @Test
    void addsBosForLlamaVocabulariesThatDoNotSay() {
        Map<String, Object> llama3 = TokenizerCases.byteLevel();
        llama3.put("tokenizer.ggml.pre", "llama-bpe");
        assertThat(edges(llama3)).isEqualTo("<|im_start|>a");
        assertThat(edges(TokenizerCases.sentencePiece())).isEqualTo("<s>▁a");
    }

    private static String edges(Map<String, Object> gguf) {
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            StringBuilder spelled = new StringBuilder();
            for (int id : tokenizer.encode("a", true)) {
                spelled.append(tokenizer.token(id));
            }
            return spelled.toString();
        }
    }

    @Test
    void putsNoSpaceBeforeATextWhenTheFileSaysSo() {
        Map<String, Object> gguf = TokenizerCases.sentencePiece();
        gguf.put("tokenizer.ggml.add_space_prefix", false);
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            int[] ids = tokenizer.encode("the slots", false);
            assertThat(tokenizer.token(ids[0])).doesNotStartWith("▁");
            assertThat(tokenizer.decode(ids)).isEqualTo("the slots");
            assertThat(tokenizer.decode(tokenizer.encode(" the", false))).isEqualTo(" the");
        }
    }

    @Test
    void decodesWhatItEncoded() {
        for (Map<String, Object> gguf : List.of(TokenizerCases.byteLevel(), TokenizerCases.sentencePiece())) {
            try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
                for (String text : List.of("", " ", "  a  b ", "héllo\n\n\tworld", "你好 😀", "a\u0000b")) {
                    assertThat(tokenizer.decode(tokenizer.encode(text, true))).isEqualTo(text);
                }
            }
        }
    }

    /** Random ids give all there is of broken UTF-8, but for encoded surrogates: Rust counts those otherwise. */
    @Test
    void decodesAnyByteLevelTokensAsTheRustLibraryDoes() throws Exception {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        try (Tokenizer tokenizer = TokenizerCases.open(gguf);
                HuggingFaceTokenizer rust = rust(gguf)) {
            Random random = new Random(1);
            for (int round = 0; round < 3000; round++) {
                int[] ids = random.ints(random.nextInt(12), 0, tokenizer.vocabularySize())
                        .filter(id -> !startsSurrogate(tokenizer.bytes(id)))
                        .toArray();
                assertThat(tokenizer.decode(ids)).isEqualTo(rustDecode(rust, ids));
            }
        }
    }

    private static boolean startsSurrogate(byte[] bytes) {
        for (byte b : bytes) {
            if (b == (byte) 0xED) {
                return true;
            }
        }
        return false;
    }

    /** Only where byte tokens spell whole characters: for others Rust gives one U+FFFD a byte, valid or not. */
    @Test
    void decodesSentencePieceTokensAsTheRustLibraryDoes() throws Exception {
        Map<String, Object> gguf = TokenizerCases.sentencePiece();
        try (Tokenizer tokenizer = TokenizerCases.open(gguf);
                HuggingFaceTokenizer rust = rust(gguf)) {
            Random random = new Random(2);
            for (int round = 0; round < 3000; round++) {
                int[] ids = random.ints(random.nextInt(12), 0, tokenizer.vocabularySize())
                        .filter(id -> !tokenizer.token(id).matches("<0x[8-F].>"))
                        .toArray();
                assertThat(tokenizer.decode(ids)).isEqualTo(rustDecode(rust, ids));
            }
        }
    }

    private static HuggingFaceTokenizer rust(Map<String, Object> gguf) throws Exception {
        String json = GgufTokenizerJson.of(new GgufMetadata(gguf)).toString();
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), Map.of());
    }

    private static String rustDecode(HuggingFaceTokenizer rust, int[] ids) {
        return rust.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    @Test
    void givesTheBytesOfEachKindOfToken() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            assertThat(tokenizer.bytes(only(tokenizer, "\n"))).containsExactly('\n');
            assertThat(tokenizer.bytes(only(tokenizer, "<|im_end|>"))).isEmpty();
            assertThat(tokenizer.isSpecial(only(tokenizer, "<|im_end|>"))).isTrue();
            assertThat(tokenizer.token(only(tokenizer, "<|im_end|>"))).isEqualTo("<|im_end|>");
            assertThat(tokenizer.bytes(only(tokenizer, "<tool>"))).asString().isEqualTo("<tool>");
            assertThat(tokenizer.isSpecial(only(tokenizer, "<tool>"))).isFalse();
            int[] emoji = tokenizer.encode("🤖", false);
            assertThat(emoji).hasSizeGreaterThan(1);
            assertThat(joined(tokenizer, emoji)).containsExactly("🤖".getBytes(StandardCharsets.UTF_8));
        }
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.sentencePiece())) {
            int[] ids = tokenizer.encode("the\n", false);
            assertThat(joined(tokenizer, ids)).asString(StandardCharsets.UTF_8).isEqualTo(" the\n");
            assertThat(tokenizer.token(ids[ids.length - 1])).isEqualTo("<0x0A>");
        }
    }

    private static int only(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text, false);
        assertThat(ids).hasSize(1);
        return ids[0];
    }

    private static byte[] joined(Tokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(tokenizer.bytes(id));
        }
        return bytes.toByteArray();
    }

    @Test
    void doesNotLetACallerChangeTheBytesOfAToken() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            int id = only(tokenizer, "a");
            tokenizer.bytes(id)[0] = 'b';
            assertThat(tokenizer.decode(new int[] {id})).isEqualTo("a");
        }
    }

    @Test
    void countsTheVocabularyToItsLargestIdAndRefusesIdsOutside() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            int size = tokenizer.vocabularySize();
            assertThat(size).isEqualTo(((List<?>) TokenizerCases.byteLevel().get("tokenizer.ggml.tokens")).size());
            for (int id : new int[] {-1, size, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> tokenizer.bytes(id))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(String.valueOf(id))
                        .hasMessageContaining(String.valueOf(size - 1));
            }
        }
    }

    @Test
    void takesHalfASurrogatePairForTheReplacementCharacter() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            assertThat(tokenizer.encode("a\ud800b😀\udc00", false))
                    .containsExactly(tokenizer.encode("a\ufffdb😀\ufffd", false));
        }
    }

    @Test
    void encodesTheSameFromSeveralThreads() throws Exception {
        List<TokenizerCases.Case> cases =
                TokenizerCases.read("gguf-byte-level-bpe.json").of("smollm");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            Callable<List<int[]>> encodeAll = () ->
                    cases.stream().map(c -> tokenizer.encode(c.text(), false)).toList();
            List<Future<List<int[]>>> results = threads.invokeAll(Collections.nCopies(200, encodeAll));
            for (Future<List<int[]>> result : results) {
                List<int[]> ids = result.get(30, TimeUnit.SECONDS);
                for (int i = 0; i < ids.size(); i++) {
                    assertThat(ids.get(i)).containsExactly(cases.get(i).ids());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesToEncodeWhenClosedAndClosesTwice() {
        Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel());
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "t5", "rwkv", "no_vocab", "gemma4"})
    void refusesOtherTokenizerModelsByName(String model) {
        assertRefused(gguf -> gguf.put("tokenizer.ggml.model", model), "tokenizer.ggml.model", model, "gpt2, llama");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tekken", "deepseek-v3", "falcon", ""})
    void refusesOtherPreTokenizersByName(String pre) {
        assertRefused(gguf -> gguf.put("tokenizer.ggml.pre", pre), "tokenizer.ggml.pre", '"' + pre + '"', "smollm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "pre", "tokens", "token_type", "merges"})
    void namesTheKeyThatIsMissing(String key) {
        assertRefused(gguf -> gguf.remove("tokenizer.ggml." + key), "tokenizer.ggml." + key);
    }

    @Test
    void refusesMetadataThatContradictsItself() {
        List<String> repeated = tokens();
        repeated.set(7, repeated.get(9));
        assertRefused(gguf -> gguf.put("tokenizer.ggml.tokens", repeated), repeated.get(9), "twice", "7", "9");
        assertRefused(gguf -> gguf.put("tokenizer.ggml.token_type", new int[] {1, 1}), "2", "one type a token");
        assertRefused(gguf -> gguf.put("tokenizer.ggml.merges", List.of("ab")), "\"ab\"", "two tokens");
        assertRefused(gguf -> gguf.put("tokenizer.ggml.merges", List.of("a xyzzy")), "refused", "xyzzy");
        assertRefused(
                gguf -> {
                    gguf.put("tokenizer.ggml.add_bos_token", true);
                    gguf.put("tokenizer.ggml.bos_token_id", 99_999L);
                },
                "tokenizer.ggml.bos_token_id",
                "99999");
    }

    private static List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        ((List<?>) TokenizerCases.byteLevel().get("tokenizer.ggml.tokens")).forEach(t -> tokens.add((String) t));
        return tokens;
    }

    private static void assertRefused(Consumer<Map<String, Object>> change, String... words) {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        change.accept(gguf);
        assertThatThrownBy(() -> TokenizerCases.open(gguf))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void refusesASentencePieceVocabularyWithoutScores() {
        Map<String, Object> gguf = TokenizerCases.sentencePiece();
        gguf.remove("tokenizer.ggml.scores");
        assertThatThrownBy(() -> TokenizerCases.open(gguf))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokenizer.ggml.scores");
        gguf.put("tokenizer.ggml.remove_extra_whitespaces", true);
        assertThatThrownBy(() -> TokenizerCases.open(gguf))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("remove_extra_whitespaces");
    }

    @Test
    void saysWhatIsWrongWithATokenizerJson(@TempDir Path folder) throws Exception {
        assertFolderRefused(folder, "no tokenizer.json");
        assertRefused(folder, "{", "not JSON");
        assertRefused(folder, "{}", "decoder", "none");
        assertRefused(folder, "{\"decoder\":{\"type\":\"WordPiece\"}}", "decoder", "WordPiece", "ByteLevel");
        assertRefused(
                folder,
                "{\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"Unigram\",\"vocab\":[[\"a\",0.0]]}}",
                "Unigram");
        assertRefused(
                folder,
                "{\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"vocab\":{\"a\":4194304}}}",
                "\"a\"",
                "4194304");
        assertRefused(folder, "{\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"vocab\":{\"a\":-1}}}", "-1");
        assertRefused(folder, "{\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"vocab\":{\"a\":0}}}", "refused by");
    }

    private static void assertRefused(Path folder, String json, String... words) throws Exception {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertFolderRefused(folder, words);
    }

    private static void assertFolderRefused(Path folder, String... words) {
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll(words);
    }

    private static Path byteLevelFolder() throws Exception {
        return Path.of(TokenizersTest.class.getResource("/text/byte-level").toURI());
    }
}
