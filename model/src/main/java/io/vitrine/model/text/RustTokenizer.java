package io.vitrine.model.text;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.text.ChatPrompt.Marker;
import io.vitrine.model.weights.ForeignFile;
import io.vitrine.model.weights.ModelFormatException;

/**
 * The tokenizer that a tokenizer.json describes: Hugging Face's Rust library encodes, a table of bytes decodes.
 *
 * <p>The Rust tokenizer takes {@code &self} to encode, so calls from several threads run side by side; the lock only keeps
 * {@link #close} from freeing the native object under a running call. Decoding does not go through Rust: a streamed answer
 * needs the bytes of one token at a time, and one rule for streamed and whole answers keeps them equal. The two agree on
 * every text that {@link #encode} can give; they differ in what they make of broken UTF-8, which here is what
 * {@code new String(bytes, UTF_8)} makes of it.
 */
final class RustTokenizer implements Tokenizer {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Nothing cut off and nothing padded: the length of a prompt is for the caller to judge. */
    private static final Map<String, String> OPTIONS = Map.of("truncation", "false", "padding", "false");

    static {
        // From inside EC2, DJL tells its makers that it was started, and looks for EC2's own service to find out where
        // it is.
        // A server that one can see through does not do that unasked.
        System.getProperties().putIfAbsent("OPT_OUT_TRACKING", "true");
    }

    private final HuggingFaceTokenizer rust;
    private final TokenTable table;
    private final TokenFloor floor;
    private final Spellings controlTokens;
    private final MarkedTokenizer marked;
    private final int leadingSpaces;
    private final ReadWriteLock lifetime = new ReentrantReadWriteLock();
    private boolean closed;

    private RustTokenizer(
            HuggingFaceTokenizer rust, String json, TokenTable table, TokenFloor floor, int leadingSpaces) {
        this.rust = rust;
        this.table = table;
        this.floor = floor;
        this.controlTokens = new Spellings(table.specialSpellings());
        this.marked = new MarkedTokenizer(json);
        this.leadingSpaces = leadingSpaces;
    }

    /**
     * Opens the tokenizer.
     *
     * @param json the text of a tokenizer.json
     * @throws ModelFormatException if it is no tokenizer.json, or one of a kind that is not supported
     */
    static RustTokenizer of(String json) {
        return of(parse(json), json);
    }

    /** As {@link #of(String)}, from the parsed document. */
    static RustTokenizer of(JsonNode tokenizerJson) {
        return of(tokenizerJson, tokenizerJson.toString());
    }

    private static RustTokenizer of(JsonNode parsed, String json) {
        TokenTable table = TokenTable.of(parsed);
        int leadingSpaces = TokenSpelling.of(parsed.path("decoder")).leadingSpaces();
        try {
            return new RustTokenizer(open(json), json, table, TokenFloor.of(parsed, table), leadingSpaces);
        } catch (RuntimeException e) { // DJL has no type of its own for what Rust refuses
            throw new ModelFormatException("tokenizer.json is refused by the tokenizers library: " + e.getMessage(), e);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        String wellFormed = wellFormed(text);
        return whileOpen(() -> encode(rust, wellFormed, addSpecialTokens));
    }

    @Override
    public int[] encode(ChatPrompt prompt) {
        List<Marker> markers = prompt.markers().orElse(List.of());
        if (prompt.markers().isEmpty() || controlTokens.in(prompt.text()).equals(markers)) {
            return encode(prompt.text(), false);
        }
        ChatPrompt wellFormed = ChatPrompt.of(wellFormed(prompt.text()), markers); // as long as before
        return whileOpen(() -> marked.encode(wellFormed));
    }

    private int[] whileOpen(Supplier<int[]> encoding) {
        lifetime.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return encoding.get();
        } finally {
            lifetime.readLock().unlock();
        }
    }

    static int[] encode(HuggingFaceTokenizer rust, String text, boolean addSpecialTokens) {
        return TokenIds.of(rust, text, addSpecialTokens);
    }

    @Override
    public Set<String> controlTokens() {
        return table.specialSpellings();
    }

    @Override
    public long fewestTokens(String text) {
        return floor.of(wellFormed(text));
    }

    @Override
    public byte[] bytes(int tokenId) {
        return table.bytes(tokenId);
    }

    @Override
    public String token(int tokenId) {
        return table.spelling(tokenId);
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return table.isSpecial(tokenId);
    }

    @Override
    public boolean has(int tokenId) {
        return table.has(tokenId);
    }

    @Override
    public int vocabularySize() {
        return table.size();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The ids are taken as a whole text: where the tokenizer puts a space before a text (SentencePiece), that space is
     * taken away again. {@link StreamDecoder} keeps it, as its ids go on from a prompt.
     */
    @Override
    public String decode(int[] tokenIds) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : tokenIds) {
            bytes.writeBytes(table.bytes(id));
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        int start = 0;
        while (start < leadingSpaces && start < text.length() && text.charAt(start) == ' ') {
            start++;
        }
        return text.substring(start);
    }

    @Override
    public void close() {
        lifetime.writeLock().lock();
        try {
            closed = true;
            rust.close();
            marked.close();
        } finally {
            lifetime.writeLock().unlock();
        }
    }

    /** Lone surrogates are no Unicode text and would not pass to Rust; they become U+FFFD. */
    private static String wellFormed(String text) {
        if (text.codePoints().noneMatch(RustTokenizer::isLoneSurrogate)) {
            return text;
        }
        return text.codePoints()
                .map(c -> isLoneSurrogate(c) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    static HuggingFaceTokenizer open(String json) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // reading from memory does not fail
        }
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            String name = ForeignFile.named(
                            json.substring(0, Math.min(json.length(), 64)).getBytes(StandardCharsets.UTF_8))
                    .map(kind -> "this is " + kind)
                    .orElseGet(e::getOriginalMessage);
            throw new ModelFormatException("tokenizer.json is not JSON: " + name, e);
        }
    }
}
