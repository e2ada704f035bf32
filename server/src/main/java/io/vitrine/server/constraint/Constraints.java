package io.vitrine.server.constraint;

import java.util.Set;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarCache;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.StatedConstraint;
import io.vitrine.server.api.StatedConstraint.Kind;
import io.vitrine.server.config.ServerConfig.ConstraintsConfig;
import org.jspecify.annotations.Nullable;

/**
 * Compiles constraints for one model's vocabulary and keeps them. The vocabulary's trie is built with the first
 * constraint: a model that nobody constrains does not pay for it. Any thread that may block: not an event loop.
 */
public final class Constraints {

    private final Tokenizer tokenizer;
    private final int rows;
    private final int[] endOfTextIds;
    private final ConstraintsConfig config;
    private final NanoClock clock;
    private @Nullable GrammarCache cache;

    /**
     * @param rows of the head: a mask has as many bits
     * @param endOfTextIds special tokens that are allowed where the text may end
     */
    public Constraints(
            Tokenizer tokenizer, int rows, Set<Integer> endOfTextIds, ConstraintsConfig config, NanoClock clock) {
        this.tokenizer = tokenizer;
        this.rows = rows;
        this.config = config;
        this.clock = clock;
        this.endOfTextIds = endOfTextIds.stream()
                .mapToInt(Integer::intValue)
                .filter(id -> id < rows)
                .sorted()
                .toArray();
    }

    /**
     * A compiled constraint.
     *
     * @param cacheHit whether it was compiled before
     * @param states of its automaton so far
     */
    public record Compiled(
            GrammarConstraint constraint, boolean cacheHit, int states, long startNanos, long endNanos) {}

    /**
     * Compiles what a request states, or finds it compiled.
     *
     * @throws ApiException 400 that names the field, keyword and place of what cannot be enforced
     */
    public Compiled compile(StatedConstraint stated) {
        try {
            return compile(grammar(stated));
        } catch (GrammarException e) {
            throw refusal(stated, e);
        }
    }

    /**
     * Compiles a grammar, or finds it compiled.
     *
     * @throws GrammarException if it cannot be compiled
     */
    public Compiled compile(Grammar grammar) {
        long startNanos = clock.nanoTime();
        GrammarCache.Lookup found = cache().get(grammar);
        return new Compiled(
                new GrammarConstraint(found.grammar()),
                found.hit(),
                found.grammar().states(),
                startNanos,
                clock.nanoTime());
    }

    private static Grammar grammar(StatedConstraint stated) {
        return switch (stated.kind()) {
            case SCHEMA ->
                Grammar.jsonSchema(stated.source(), stated.anyWhiteSpace() ? WhiteSpace.DEFAULT : WhiteSpace.NONE);
            case REGEX -> Grammar.regex(stated.source());
            case CHOICE -> Grammar.choice(stated.sources());
            case GRAMMAR -> Grammar.gbnf(stated.source());
        };
    }

    /** Of a schema the field has the JSON pointer as its fragment. */
    private static ApiException refusal(StatedConstraint stated, GrammarException cause) {
        boolean inSchema = stated.kind() == Kind.SCHEMA && !cause.pointer().isEmpty();
        String param = inSchema ? stated.field() + "#" + cause.pointer() : stated.field();
        return ApiException.refusedConstraint(
                param, stated.field() + ": " + String.valueOf(cause.getMessage()), cause.keyword());
    }

    private synchronized GrammarCache cache() {
        if (cache == null) {
            TokenTrie trie = TokenTrie.of(rows, this::bytes, endOfTextIds);
            cache = new GrammarCache(trie, limits(), config.cacheEntries(), config.cacheBytes());
        }
        return cache;
    }

    private GrammarLimits limits() {
        GrammarLimits usual = GrammarLimits.DEFAULT;
        return new GrammarLimits(
                config.sourceBytes(),
                config.depth(),
                usual.patternLength(),
                usual.repetitions(),
                usual.symbols(),
                config.states(),
                usual.rowItems(),
                config.compileSteps(),
                config.tokenSteps(),
                usual.positions(),
                usual.maskBytes());
    }

    private byte[] bytes(int tokenId) {
        return tokenizer.has(tokenId) && !tokenizer.isSpecial(tokenId) ? tokenizer.bytes(tokenId) : new byte[0];
    }
}
