package io.vitrine.grammar.schema;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.cfg.Expression;
import io.vitrine.grammar.cfg.Rule;
import io.vitrine.grammar.regex.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Writes shapes as grammar rules. A lexeme is a scalar, or punctuation with its white space and the property name in
 * it.
 */
final class SchemaRules {

    private static final int MAX_ROOT_REFERENCES = 16;

    private final Shapes shapes;
    private final NumberText numbers;
    private final JsonText encoding;
    private final Languages languages;
    private final Language whiteSpace;
    private final Language quote;
    private final WrittenObject json;
    private boolean python;
    private final IdentityHashMap<Shape, Rule> rules = new IdentityHashMap<>();
    private final Map<Shape.Reference, Rule> references = new HashMap<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private @Nullable Rule any;

    SchemaRules(Shapes shapes, NumberText numbers, JsonText encoding, WhiteSpace whiteSpace, Languages languages) {
        this.shapes = shapes;
        this.numbers = numbers;
        this.encoding = encoding;
        this.languages = languages;
        this.whiteSpace = whiteSpace.language(languages);
        this.quote = languages.literal("\"");
        this.json = WrittenObject.json(this.whiteSpace, languages);
    }

    Rule start(Shape shape) {
        Rule start = new Rule("document");
        start.define(expression(shape));
        return complete(start);
    }

    /** The start rule of an object at the root that is written in another notation. */
    Rule arguments(Shape shape, Notation notation, Set<String> textParameters) {
        python = notation == Notation.KEYWORDS;
        Rule start = new Rule("arguments");
        start.define(root(shape, WrittenObject.of(notation, textParameters, encoding, whiteSpace, languages)));
        return complete(start);
    }

    private Rule complete(Rule start) {
        while (!pending.isEmpty()) {
            pending.pop().run();
        }
        return start;
    }

    private Expression root(Shape shape, WrittenObject notation) {
        Shape at = shape;
        for (int hops = 0; at instanceof Shape.Reference reference; hops++) {
            if (hops == MAX_ROOT_REFERENCES) {
                throw new GrammarException("$ref", "", "the reference leads through too many others");
            }
            at = shapes.resolve(reference);
        }
        if (at instanceof Shape.Properties object) {
            return new ObjectRules(object, notation).start();
        }
        // The type of the root is object, so there are only objects in a union.
        return new Expression.Choice(((Shape.Union) at)
                .alternatives().stream()
                        .map(alternative -> root(alternative, notation))
                        .toList());
    }

    private Expression expression(Shape shape) {
        if (shape instanceof Shape.Any) {
            return new Expression.Call(any());
        }
        if (shape instanceof Shape.Reference reference) {
            return new Expression.Call(references.computeIfAbsent(
                    reference, added -> later("reference", () -> expression(shapes.resolve(added)))));
        }
        if (shape instanceof Shape.Union union) {
            return choice(union.alternatives());
        }
        if (shape instanceof Shape.Array array) {
            return new Expression.Call(rules.computeIfAbsent(shape, s -> later("array", () -> array(array))));
        }
        if (shape instanceof Shape.Properties object) {
            return new Expression.Call(
                    rules.computeIfAbsent(shape, s -> later("object", () -> new ObjectRules(object, json).start())));
        }
        return new Expression.Lexeme(scalar(shape));
    }

    private Rule any() {
        if (any == null) {
            any = later("value", () -> choice(shapes.anyOfEachType()));
        }
        return any;
    }

    private Rule later(String name, Supplier<Expression> definition) {
        Rule rule = new Rule(name);
        pending.push(() -> rule.define(definition.get()));
        return rule;
    }

    private Expression choice(List<Shape> alternatives) {
        List<Language> scalars = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        for (Shape alternative : alternatives) {
            Expression expression = expression(alternative);
            if (expression instanceof Expression.Lexeme lexeme) {
                scalars.add(lexeme.language());
            } else {
                others.add(expression);
            }
        }
        if (!scalars.isEmpty()) {
            others.add(new Expression.Lexeme(languages.union(scalars)));
        }
        return others.size() == 1 ? others.get(0) : new Expression.Choice(others);
    }

    private Language scalar(Shape shape) {
        if (shape instanceof Shape.Null) {
            return languages.literal(python ? "None" : "null");
        }
        if (shape instanceof Shape.Bool bool) {
            return languages.literal(bool.value() ? (python ? "True" : "true") : (python ? "False" : "false"));
        }
        if (shape instanceof Shape.Numbers range) {
            return numbers.of(range.range());
        }
        return languages.concatenation(quote, ((Shape.Text) shape).content(), quote);
    }

    private Expression.Lexeme punctuation(Language... parts) {
        return new Expression.Lexeme(languages.concatenation(parts));
    }

    private Expression array(Shape.Array array) {
        Expression comma = punctuation(whiteSpace, languages.literal(","), whiteSpace);
        Expression close = punctuation(whiteSpace, languages.literal("]"));
        int count = array.prefix().size();
        Expression tail;
        if (array.max() <= count) {
            tail = close;
        } else {
            Expression items = expression(array.items());
            Expression further = Expression.sequence(comma, items);
            int first = count == 0 ? 1 : 0;
            int min = Math.max(array.min() - count - first, 0);
            int max = array.max() == Integer.MAX_VALUE ? Languages.UNBOUNDED : array.max() - count - first;
            Expression rest =
                    max == 0 ? close : Expression.sequence(new Expression.Repetition(further, min, max), close);
            tail = count == 0 ? Expression.sequence(items, rest) : rest;
            if (count == 0 && array.min() == 0) {
                tail = new Expression.Choice(List.of(tail, punctuation(languages.literal("]"))));
            }
        }
        for (int i = count - 1; i >= 0; i--) {
            Rule rest = new Rule("elements");
            rest.define(tail);
            Expression element = Expression.sequence(expression(array.prefix().get(i)), new Expression.Call(rest));
            Expression next = i == 0 ? element : Expression.sequence(comma, element);
            Expression end = i == 0 ? punctuation(languages.literal("]")) : close;
            tail = array.min() <= i ? new Expression.Choice(List.of(next, end)) : next;
        }
        return Expression.sequence(punctuation(languages.literal("["), whiteSpace), tail);
    }

    /**
     * An object: a chain of rules, one for each property and count of properties written before it. The count goes up
     * to where it makes no difference: to 1 without limits, for the comma.
     */
    private final class ObjectRules {

        private final Shape.Properties object;
        private final WrittenObject notation;
        private final List<Map.Entry<String, Shape.Property>> named;
        private final int countEnd;
        private final Map<List<Integer>, Rule> states = new HashMap<>();

        ObjectRules(Shape.Properties object, WrittenObject notation) {
            this.object = object;
            this.notation = notation;
            this.named = List.copyOf(object.named().entrySet());
            this.countEnd = Math.max(1, object.max() < Integer.MAX_VALUE ? object.max() : object.min());
        }

        Expression start() {
            return Expression.sequence(new Expression.Lexeme(notation.open()), new Expression.Call(state(0, 0)));
        }

        private Rule state(int index, int count) {
            return states.computeIfAbsent(
                    List.of(index, count), key -> later("properties", () -> define(index, count)));
        }

        private Expression define(int index, int count) {
            if (index == named.size()) {
                return end(count);
            }
            String name = named.get(index).getKey();
            Shape.Property property = named.get(index).getValue();
            List<Expression> options = new ArrayList<>();
            if (!Shape.NEVER.equals(property.shape()) && count < object.max()) {
                options.add(Expression.sequence(
                        property(notation.key(name, encoding.literal(name), count == 0), value(name, property.shape())),
                        new Expression.Call(state(index + 1, next(count)))));
            }
            if (!property.required()) {
                options.add(new Expression.Call(state(index + 1, count)));
            }
            return new Expression.Choice(options);
        }

        private Expression value(String name, Shape shape) {
            return notation.isRaw(name) ? raw(shape) : expression(shape);
        }

        /** Of strings only: {@link ArgumentsReader#textParameters}. */
        private Expression raw(Shape shape) {
            if (shape instanceof Shape.Reference reference) {
                return raw(shapes.resolve(reference));
            }
            if (shape instanceof Shape.Union union) {
                return new Expression.Choice(
                        union.alternatives().stream().map(this::raw).toList());
            }
            return new Expression.Lexeme(notation.raw(((Shape.Text) shape).content()));
        }

        private int next(int count) {
            return Math.min(count + 1, countEnd);
        }

        private Expression end(int count) {
            List<Expression> options = new ArrayList<>();
            if (count >= object.min()) {
                options.add(new Expression.Lexeme(notation.close(count == 0)));
            }
            if (!object.regions().isEmpty() && count < object.max()) {
                int min = Math.max(object.min() - count - 1, 0);
                int max = object.max() == Integer.MAX_VALUE ? Languages.UNBOUNDED : object.max() - count - 1;
                Expression closeLater = new Expression.Lexeme(notation.close(false));
                Expression first = others(count);
                options.add(
                        max == 0
                                ? Expression.sequence(first, closeLater)
                                : Expression.sequence(
                                        first, new Expression.Repetition(others(1), min, max), closeLater));
            }
            return new Expression.Choice(options);
        }

        private Expression others(int count) {
            Language reserved = encoding.literals(object.named().keySet());
            List<Expression> options = new ArrayList<>();
            for (Shape.Region region : object.regions()) {
                Language names = named.isEmpty()
                        ? region.names()
                        : languages.intersection(region.names(), languages.complement(reserved));
                Language key = notation.key(names, count == 0);
                if (!languages.isEmpty(key)) {
                    options.add(property(key, expression(region.shape())));
                }
            }
            return new Expression.Choice(options);
        }

        private Expression property(Language key, Expression value) {
            return notation.afterValue().isOnlyEmpty()
                    ? Expression.sequence(new Expression.Lexeme(key), value)
                    : Expression.sequence(
                            new Expression.Lexeme(key), value, new Expression.Lexeme(notation.afterValue()));
        }
    }
}
