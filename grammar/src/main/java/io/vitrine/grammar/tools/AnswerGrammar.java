package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.cfg.Expression;
import io.vitrine.grammar.cfg.Rule;
import io.vitrine.grammar.schema.ArgumentsReader;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.grammar.tools.ToolFormat.Part;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of an {@link AnswerForm}. Text ends where a trigger is complete, whatever tokens spell it: a text holds
 * no
 * trigger, and behind one only calls follow.
 */
public final class AnswerGrammar {

    private final AnswerForm form;
    private final WhiteSpace whiteSpace;
    private final Languages languages;
    private final GrammarLimits limits;
    private final Language any;
    private final Language space;

    private AnswerGrammar(AnswerForm form, WhiteSpace whiteSpace, Languages languages, GrammarLimits limits) {
        this.form = form;
        this.whiteSpace = whiteSpace;
        this.languages = languages;
        this.limits = limits;
        this.any = languages.complement(languages.none());
        this.space = whiteSpace.language(languages);
    }

    /**
     * The start rule.
     *
     * @param document what stands in place of text; null for any text
     * @throws GrammarException with the JSON pointer of a subschema in the request
     */
    public static Rule read(
            AnswerForm form,
            @Nullable Rule document,
            WhiteSpace whiteSpace,
            Languages languages,
            GrammarLimits limits) {
        Rule start = new Rule("answer");
        start.define(new AnswerGrammar(form, whiteSpace, languages, limits).answer(document));
        return start;
    }

    private Expression answer(@Nullable Rule document) {
        List<Expression> calls = form.calls() == AnswerForm.Calls.NONE ? List.of() : List.of(functions());
        Expression rest = rest(document, calls, false);
        Language close = languages.concatenation(
                withoutAny(AnswerForm.CLOSE_REASONING), languages.literal(AnswerForm.CLOSE_REASONING), space);
        return switch (form.reasoning()) {
            case NONE -> rest;
            case OPENED -> Expression.sequence(new Expression.Lexeme(close), rest);
            case POSSIBLE ->
                new Expression.Choice(List.of(
                        rest(document, calls, true),
                        Expression.sequence(
                                new Expression.Lexeme(languages.concatenation(
                                        space, languages.literal(AnswerForm.OPEN_REASONING), close)),
                                rest)));
        };
    }

    /** Text, calls, or both. */
    private Expression rest(@Nullable Rule document, List<Expression> functions, boolean beforeReasoning) {
        List<Expression> ways = new ArrayList<>();
        Language text = text(beforeReasoning);
        boolean possible = form.calls() != AnswerForm.Calls.REQUIRED;
        if (possible) {
            ways.add(document == null ? new Expression.Lexeme(text) : new Expression.Call(document));
        }
        for (Expression function : functions) {
            Language before = possible && document == null ? text : space;
            if (!form.format().trigger().isEmpty()) {
                ways.add(Expression.sequence(
                        new Expression.Lexeme(before), calls(parts(form.format().opening()), function)));
            }
            if (document == null && !form.startTriggers().isEmpty()) {
                List<Part> opening = form.format().opensBareAtStart()
                        ? List.of()
                        : form.format().opening();
                ways.add(Expression.sequence(new Expression.Lexeme(space), calls(parts(opening), function)));
            }
        }
        return new Expression.Choice(ways);
    }

    /** Text in which no calls begin. */
    private Language text(boolean beforeReasoning) {
        List<Language> excluded = new ArrayList<>();
        form.triggers().forEach(trigger -> excluded.add(containing(trigger)));
        List<String> starts = new ArrayList<>(form.startTriggers());
        if (beforeReasoning) {
            starts.add(AnswerForm.OPEN_REASONING);
        }
        Language anySpace = languages.repetition(languages.bytes(ByteSet.of(" \t\r\n")), 0, Languages.UNBOUNDED);
        starts.forEach(start -> excluded.add(languages.concatenation(anySpace, languages.literal(start), any)));
        return languages.complement(languages.union(excluded));
    }

    private Language withoutAny(String text) {
        return languages.complement(containing(text));
    }

    private Language containing(String text) {
        return languages.concatenation(any, languages.literal(text), any);
    }

    private Expression calls(List<Expression> opening, Expression function) {
        ToolFormat format = form.format();
        List<Expression> parts = new ArrayList<>(opening);
        parts.add(function);
        if (format.hasSeveral() && form.maxCalls() > 1) {
            Expression next = Expression.sequence(
                    new Expression.Lexeme(languages.concatenation(space, languages.literal(format.separator()), space)),
                    function);
            parts.add(new Expression.Repetition(next, 0, form.maxCalls() - 1));
        }
        if (!format.closing().isEmpty()) {
            parts.add(new Expression.Lexeme(languages.concatenation(space, languages.literal(format.closing()))));
        }
        return new Expression.Sequence(parts);
    }

    private List<Expression> parts(List<Part> parts) {
        return parts.isEmpty() ? List.of() : List.of(new Expression.Lexeme(language(parts)));
    }

    private Language language(List<Part> parts) {
        return languages.concatenation(parts.stream()
                .map(part -> part instanceof Part.Literal literal ? languages.literal(literal.text()) : space)
                .toArray(Language[]::new));
    }

    /** A call of one of the functions: its name decides which arguments follow. */
    private Expression functions() {
        List<Part> call = form.format().call();
        int name = call.indexOf(Part.Hole.NAME);
        int arguments = call.indexOf(Part.Hole.ARGUMENTS);
        Language middle = language(call.subList(name + 1, arguments));
        List<Expression> choices = new ArrayList<>();
        for (ToolFunction function : form.functions()) {
            choices.add(Expression.sequence(
                    new Expression.Lexeme(languages.concatenation(languages.literal(function.name()), middle)),
                    new Expression.Call(arguments(function))));
        }
        List<Expression> whole = new ArrayList<>(parts(call.subList(0, name)));
        whole.add(new Expression.Choice(choices));
        whole.addAll(parts(call.subList(arguments + 1, call.size())));
        Rule rule = new Rule("call");
        rule.define(new Expression.Sequence(whole));
        return new Expression.Call(rule);
    }

    private Rule arguments(ToolFunction function) {
        try {
            return ArgumentsReader.read(
                    function.parameters(), function.strict(), form.format().notation(), whiteSpace, languages, limits);
        } catch (GrammarException e) {
            throw new GrammarException(e.keyword(), function.pointer() + e.pointer(), String.valueOf(e.getMessage()));
        }
    }
}
