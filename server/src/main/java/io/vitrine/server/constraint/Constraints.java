package io.vitrine.server.constraint;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarCache;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.grammar.tools.AnswerForm;
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

    private static final Pattern TOOL_POINTER = Pattern.compile("/tools/(\\d+)/function/parameters(.*)", Pattern.DOTALL);

    private final Tokenizer tokenizer;
    private final int rows;
    private final int[] endOfTextIds;
    private final ConstraintsConfig config;
    private final NanoClock clock;
    /** By the special tokens that stand for their spelling; a model has a few such sets. */
    private final Map<Set<Integer>, GrammarCache> caches = new HashMap<>();

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
        return compile(grammar, Set.of());
    }

    /**
     * Compiles the grammar of answers with reasoning or calls, or finds it compiled.
     *
     * @param stated of their text; null for none
     * @throws ApiException 400 that names the field, keyword and place of what cannot be enforced
     */
    public Compiled compile(AnswerForm form, @Nullable StatedConstraint stated) {
        try {
            Grammar document = stated == null ? null : grammar(stated);
            return compile(Grammar.answer(form, document, WhiteSpace.DEFAULT), markers(form));
        } catch (GrammarException e) {
            Matcher tool = TOOL_POINTER.matcher(e.pointer());
            if (tool.matches()) {
                String field = "tools[" + tool.group(1) + "].function.parameters";
                throw refusal(field, tool.group(2), e);
            }
            throw stated == null ? refusal("tools", "", e) : refusal(stated, e);
        }
    }

    /** The special tokens that stand for their spelling in answers of this form. */
    public Set<Integer> markers(AnswerForm form) {
        Set<Integer> ids = new TreeSet<>();
        for (String spelling : form.markers()) {
            if (tokenizer.controlTokens().contains(spelling)) {
                int[] encoded = tokenizer.encode(spelling, false);
                if (encoded.length == 1 && tokenizer.isSpecial(encoded[0])) {
                    ids.add(encoded[0]);
                }
            }
        }
        return ids;
    }

    private Compiled compile(Grammar grammar, Set<Integer> markers) {
        long startNanos = clock.nanoTime();
        GrammarCache.Lookup found = cache(markers).get(grammar);
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
        return refusal(stated.field(), stated.kind() == Kind.SCHEMA ? cause.pointer() : "", cause);
    }

    private static ApiException refusal(String field, String pointer, GrammarException cause) {
        String param = pointer.isEmpty() ? field : field + "#" + pointer;
        return ApiException.refusedConstraint(
                param, field + ": " + String.valueOf(cause.getMessage()), cause.keyword());
    }

    private synchronized GrammarCache cache(Set<Integer> markers) {
        return caches.computeIfAbsent(markers, spelled -> {
            TokenTrie trie = TokenTrie.of(rows, tokenId -> bytes(tokenId, spelled), endOfTextIds);
            return new GrammarCache(trie, limits(), config.cacheEntries(), config.cacheBytes());
        });
    }

    private byte[] bytes(int tokenId, Set<Integer> spelled) {
        return spelled.contains(tokenId)
                ? tokenizer.token(tokenId).getBytes(StandardCharsets.UTF_8)
                : bytes(tokenId);
    }

    /** Of each constraint. */
    public GrammarLimits limits() {
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
