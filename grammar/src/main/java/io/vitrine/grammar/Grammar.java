package io.vitrine.grammar;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.cfg.Expression;
import io.vitrine.grammar.cfg.GbnfReader;
import io.vitrine.grammar.cfg.Rule;
import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.grammar.regex.RegexParser;
import io.vitrine.grammar.regex.Utf8;
import io.vitrine.grammar.schema.SchemaReader;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.grammar.tools.AnswerForm;
import io.vitrine.grammar.tools.AnswerGrammar;
import io.vitrine.grammar.tools.ToolFunction;
import org.jspecify.annotations.Nullable;

/**
 * A constraint on generated text, as a request states it. Not examined before {@link #compile}. Equal constraints
 * have equal keys.
 */
public final class Grammar {

    private final String key;
    private final int sourceBytes;
    private final CompiledGrammar.Source source;

    private Grammar(String kind, List<String> parts, CompiledGrammar.Source source) {
        this(
                key(kind, parts),
                parts.stream()
                        .mapToInt(part -> part.getBytes(StandardCharsets.UTF_8).length)
                        .sum(),
                source);
    }

    private Grammar(String key, int sourceBytes, CompiledGrammar.Source source) {
        this.key = key;
        this.sourceBytes = sourceBytes;
        this.source = source;
    }

    /** A JSON document of this schema. Refused keywords: see {@code docs/structured-output.md}. */
    public static Grammar jsonSchema(String schema, WhiteSpace whiteSpace) {
        return new Grammar(
                "schema " + whiteSpace,
                List.of(schema),
                (languages, limits) -> SchemaReader.read(schema, whiteSpace, languages, limits));
    }

    /** Any JSON object. */
    public static Grammar jsonObject(WhiteSpace whiteSpace) {
        return jsonSchema("{\"type\":\"object\"}", whiteSpace);
    }

    /** A text that the whole expression matches. */
    public static Grammar regex(String expression) {
        return new Grammar(
                "regex",
                List.of(expression),
                (languages, limits) -> rule(RegexParser.parse(
                        expression, RegexParser.Match.WHOLE, new Utf8(languages), languages, limits)));
    }

    /** One of these texts. */
    public static Grammar choice(List<String> texts) {
        List<String> copy = List.copyOf(texts);
        return new Grammar("choice", copy, (languages, limits) -> {
            if (copy.isEmpty()) {
                throw new GrammarException("choice", "", "a choice needs at least one text");
            }
            return rule(languages.literals(copy.stream()
                    .map(text -> text.getBytes(StandardCharsets.UTF_8))
                    .toList()));
        });
    }

    /** A text of a grammar in llama.cpp's notation. */
    public static Grammar gbnf(String grammar) {
        return new Grammar(
                "gbnf", List.of(grammar), (languages, limits) -> GbnfReader.read(grammar, languages, limits));
    }

    /**
     * An answer with reasoning or calls of functions.
     *
     * @param document what stands in place of text, where the form has a document; null otherwise
     */
    public static Grammar answer(AnswerForm form, @Nullable Grammar document, WhiteSpace whiteSpace) {
        if (form.document() != (document != null)) {
            throw new IllegalArgumentException("a form with a document needs its grammar, and no other has one");
        }
        List<String> parts = new ArrayList<>();
        parts.add(form.format() + " " + form.calls() + " " + form.maxCalls() + " " + form.reasoning());
        parts.add(document == null ? "" : document.key);
        int bytes = document == null ? 0 : document.sourceBytes;
        for (ToolFunction function : form.functions()) {
            parts.addAll(List.of(function.name(), function.parameters(), String.valueOf(function.strict())));
            bytes = Math.addExact(bytes, function.parameters().getBytes(StandardCharsets.UTF_8).length);
        }
        return new Grammar(
                key("answer " + whiteSpace, parts),
                bytes,
                (languages, limits) -> AnswerGrammar.read(
                        form,
                        document == null ? null : document.source.read(languages, limits),
                        whiteSpace,
                        languages,
                        limits));
    }

    /** This text and no other; any, also the empty one. */
    public static Grammar text(String text) {
        return new Grammar(
                "text",
                List.of(text),
                (languages, limits) -> rule(languages.literal(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** One text of each part, in their order. */
    public static Grammar sequence(List<Grammar> parts) {
        return composed("sequence", parts, Expression.Sequence::new);
    }

    /** A text of one of the parts; at least one. */
    public static Grammar anyOf(List<Grammar> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a choice needs at least one part");
        }
        return composed("any", parts, Expression.Choice::new);
    }

    /** {@code min} to {@code max} texts of a part, each its own. */
    public static Grammar repetition(Grammar part, int min, int max) {
        if (min < 0 || max < Math.max(1, min)) {
            throw new IllegalArgumentException("no repetition: " + min + " to " + max);
        }
        return composed(
                "repetition " + min + " " + max,
                List.of(part),
                parts -> new Expression.Repetition(parts.get(0), min, max));
    }

    private static Grammar composed(
            String kind, List<Grammar> parts, Function<List<Expression>, Expression> composition) {
        List<Grammar> copy = List.copyOf(parts);
        CompiledGrammar.Source source = (languages, limits) -> {
            List<Expression> calls = new ArrayList<>();
            for (Grammar part : copy) {
                calls.add(new Expression.Call(part.source.read(languages, limits)));
            }
            Rule rule = new Rule(kind);
            rule.define(composition.apply(calls));
            return rule;
        };
        int bytes = copy.stream().mapToInt(part -> part.sourceBytes).reduce(0, Math::addExact);
        return new Grammar(key(kind, copy.stream().map(Grammar::key).toList()), bytes, source);
    }

    /** SHA-256 of kind, options and source, in hexadecimal. */
    public String key() {
        return key;
    }

    /**
     * Binds the constraint to a vocabulary. May take milliseconds, up to the limit of steps: not for a thread that
     * others wait for.
     *
     * @throws GrammarException if it is malformed, unsupported, unsatisfiable or exceeds a limit
     */
    public CompiledGrammar compile(TokenTrie trie, GrammarLimits limits) {
        if (sourceBytes > limits.sourceBytes()) {
            throw new GrammarException(
                    "limit",
                    "",
                    "a constraint may have " + limits.sourceBytes() + " bytes; this one has " + sourceBytes);
        }
        return CompiledGrammar.of(source, trie, limits);
    }

    private static Rule rule(Language language) {
        Rule rule = new Rule("text");
        rule.define(new Expression.Lexeme(language));
        return rule;
    }

    private static String key(String kind, List<String> parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(kind.getBytes(StandardCharsets.UTF_8));
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update((" " + bytes.length + " ").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
