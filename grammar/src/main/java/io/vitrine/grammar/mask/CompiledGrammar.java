package io.vitrine.grammar.mask;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.OptionalInt;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.WorkLimitException;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.automaton.Work;
import io.vitrine.grammar.cfg.Configuration;
import io.vitrine.grammar.cfg.Recognizer;
import io.vitrine.grammar.cfg.Rule;

/**
 * A constraint bound to a vocabulary. Its answers never change; what it computes for one sequence, the others reuse.
 * Safe between threads: every call holds its lock for the length of one step, which {@link GrammarLimits#tokenSteps}
 * bounds.
 */
public final class CompiledGrammar {

    private static final int BYTES_A_STATE = 200;
    private static final int BYTES_A_POSITION = 600;

    private final TokenTrie trie;
    private final GrammarLimits limits;
    private final Work work;
    private final Languages languages;
    private final Language plainCharacter;
    private final IdentityHashMap<Configuration, TokenMask> masks = new IdentityHashMap<>();
    private int maskBytes;
    private Recognizer recognizer;
    private volatile long bytes;

    /** Reads a constraint into a start rule. */
    @FunctionalInterface
    public interface Source {
        Rule read(Languages languages, GrammarLimits limits);
    }

    private CompiledGrammar(Source source, TokenTrie trie, GrammarLimits limits) {
        this.trie = trie;
        this.limits = limits;
        this.work = new Work(limits.compileSteps());
        this.languages = new Languages(trie.alphabet(), limits.states(), work);
        this.recognizer = new Recognizer(source.read(languages, limits), languages, work, limits);
        this.plainCharacter = Slice.character(languages);
        measure();
    }

    /**
     * Compiles a constraint for the vocabulary of a trie.
     *
     * @throws GrammarException if the constraint is malformed, unsupported, unsatisfiable or exceeds a limit
     */
    public static CompiledGrammar of(Source source, TokenTrie trie, GrammarLimits limits) {
        try {
            return new CompiledGrammar(source, trie, limits);
        } catch (WorkLimitException e) {
            throw new GrammarException("limit", "", String.valueOf(e.getMessage()));
        }
    }

    public TokenTrie trie() {
        return trie;
    }

    /** A matcher at the beginning of a text. */
    public Matcher matcher() {
        synchronized (languages) {
            forgetIfFull();
            measure();
            return new Matcher(this, recognizer.start());
        }
    }

    /** Whether the limit of automaton states is reached: compile again instead of reusing this one. */
    public boolean isExhausted() {
        synchronized (languages) {
            return languages.size() >= limits.states();
        }
    }

    /** Memory that it takes, about; grows while it is used. */
    public long bytes() {
        return bytes;
    }

    /** States of the byte automaton so far. */
    public int states() {
        synchronized (languages) {
            return languages.size();
        }
    }

    /** After these bytes; dead if they are not allowed. */
    Configuration advance(Configuration from, byte[] bytes) {
        synchronized (languages) {
            work.restart(limits.tokenSteps());
            Configuration at = from;
            for (int i = 0; i < bytes.length && !at.isDead(); i++) {
                at = at.next(bytes[i] & 0xFF);
            }
            return at;
        }
    }

    void writeMask(Configuration at, long[] bits) {
        synchronized (languages) {
            TokenMask mask = masks.get(at);
            if (mask == null) {
                work.restart(limits.tokenSteps());
                mask = compute(at);
                remember(at, mask);
            }
            mask.writeTo(bits);
        }
    }

    /** The bytes that must follow, up to where there is a choice or the text may end. */
    byte[] forcedBytes(Configuration from, int maxBytes) {
        synchronized (languages) {
            work.restart(limits.tokenSteps());
            byte[] forced = new byte[maxBytes];
            int count = 0;
            Configuration at = from;
            while (count < maxBytes && !at.isAccepting()) {
                int only = onlyByte(at);
                if (only < 0) {
                    break;
                }
                forced[count++] = (byte) only;
                at = at.next(only);
            }
            return Arrays.copyOf(forced, count);
        }
    }

    private static int onlyByte(Configuration at) {
        int only = -1;
        for (int value = 0; value < 256; value++) {
            if (!at.next(value).isDead()) {
                if (only >= 0) {
                    return -1;
                }
                only = value;
            }
        }
        return only;
    }

    private TokenMask compute(Configuration at) {
        Slice slice = trie.slice();
        OptionalInt run = at.freeRun(plainCharacter, slice.longest());
        if (run.isPresent()) {
            return new TokenMask(slice.upTo(run.getAsInt()), walk(slice.remainder(), at), false);
        }
        int[] allowed = walk(trie.whole(), at);
        if (allowed.length <= trie.maskWords() * (Long.BYTES / Integer.BYTES)) {
            return new TokenMask(null, allowed, false);
        }
        long[] bits = new long[trie.maskWords()];
        for (int token : allowed) {
            TokenBits.set(bits, token);
        }
        return new TokenMask(bits, new int[0], true);
    }

    private int[] walk(FlatTrie tokens, Configuration at) {
        TokenList allowed = new TokenList();
        tokens.walk(at, token -> {
            for (int same : trie.withSameBytes(token)) {
                allowed.add(same);
            }
        });
        if (at.isAccepting()) {
            for (int token : trie.endOfText()) {
                allowed.add(token);
            }
        }
        return allowed.toArray();
    }

    private void remember(Configuration at, TokenMask mask) {
        if (maskBytes + mask.bytes() > limits.maskBytes()) {
            masks.clear();
            maskBytes = 0;
        }
        masks.put(at, mask);
        maskBytes += mask.bytes();
        measure();
    }

    private void measure() {
        bytes = (long) languages.size() * BYTES_A_STATE + (long) recognizer.size() * BYTES_A_POSITION + maskBytes;
    }

    private void forgetIfFull() {
        if (recognizer.size() > limits.positions()) {
            recognizer = recognizer.fresh();
            masks.clear();
            maskBytes = 0;
        }
    }

    private static final class TokenList {
        private int[] tokens = new int[256];
        private int count;

        void add(int token) {
            if (count == tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * count);
            }
            tokens[count++] = token;
        }

        int[] toArray() {
            return Arrays.copyOf(tokens, count);
        }
    }
}
