package io.vitrine.model.text.jinja;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.ExpressionToken;
import jinjava.de.odysseus.el.tree.TreeBuilderException;

/**
 * A Jinja template, rendered as Hugging Face's set-up of Python's Jinja2 renders it ({@code trim_blocks},
 * {@code lstrip_blocks}, sandbox, no escaping), but that an undefined name in the output is an error. Safe from several threads.
 *
 * <p>jinjava does the work; where it differs from Jinja2, the classes of this package do as Jinja2. Not supported, and refused
 * rather than done otherwise: the tags {@code filter}, {@code call}, {@code include}, {@code import}, {@code extends},
 * {@code block}; {@code for} with {@code else} or {@code recursive}; slices with a step other than {@code [::-1]}; filters,
 * tests, string and mapping methods beyond those listed in {@link PythonFilters}, {@link PythonTests}, {@link PythonStrings} and
 * {@link PythonObjects}; writing lists and mappings other than by {@code tojson}, and that with other arguments than
 * {@code indent}; texts written side by side without an operator.
 *
 * <p>Done otherwise, and not noticed: a macro sees the variables of the place that calls it, in Jinja2 only those of the whole
 * template; numbers are compared, divided and rounded as Java does.
 */
public final class JinjaTemplate {

    public static final int MAX_SOURCE_CHARS = 1 << 20;
    public static final int MAX_OUTPUT_CHARS = 1 << 23;

    /** Evaluations and rounds of loops, together. */
    public static final int MAX_STEPS = 500_000;

    /** Of a list that a template makes. */
    public static final int MAX_ELEMENTS = 100_000;

    /** Of brackets in an expression, and of tags in each other. */
    public static final int MAX_DEPTH = 100;

    private static final PythonJinjava JINJAVA = new PythonJinjava();

    private static final String TOO_DEEP = "an expression of the template is too deep";

    /** Parsing does not ask the time. */
    private static final ZonedDateTime NO_TIME = ZonedDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC);

    /** Functions are not variables to jinjava, yet templates ask whether they are defined. */
    private static final Set<String> FUNCTIONS = Set.of("raise_exception", "strftime_now", "namespace", "range");

    private final String plain;

    /**
     * Parses a template, all its expressions included. A filter or test that is not supported is found only where it is used,
     * as in Jinja2: the branches for tools may use more than a conversation needs.
     *
     * @throws JinjaException if it is too long, has a syntax error, or has tags that are not supported
     */
    public JinjaTemplate(String source) {
        this(source, UnaryOperator.identity());
    }

    /**
     * As the other constructor, with the template's own texts rewritten first.
     *
     * @param literals applied to the text outside tags and to what stands between the quotes of a string in one
     */
    @SuppressWarnings("try") // the parser looks up the current interpreter by itself
    public JinjaTemplate(String source, UnaryOperator<String> literals) {
        if (source.length() > MAX_SOURCE_CHARS) {
            throw new JinjaException(
                    "a template may have at most " + MAX_SOURCE_CHARS + " characters: " + source.length());
        }
        this.plain = PlainSource.of(source, literals);
        StrictInterpreter interpreter = interpreter(Map.of(), NO_TIME);
        try (var current = JinjavaInterpreter.closeablePushCurrent(interpreter).get()) {
            check(interpreter.parse(plain), 0);
        } catch (TreeBuilderException e) {
            throw new JinjaException("syntax error in the expression " + e.getExpression() + ": " + e.getMessage(), e);
        } catch (StackOverflowError e) { // the parser of expressions recurses: one of many operators is enough
            throw new JinjaException(TOO_DEEP, e);
        }
    }

    /**
     * The text of the template.
     *
     * @param variables strings, numbers, booleans, and lists and mappings of them; {@code null} is Python's None
     * @param now what {@code strftime_now} tells
     * @throws JinjaException if it cannot be rendered with these variables, or refuses them by {@code raise_exception}
     */
    public String render(Map<String, ?> variables, ZonedDateTime now) {
        try {
            return interpreter(variables, now).render(plain);
        } catch (RuntimeException e) {
            throw JinjaException.of(e);
        } catch (StackOverflowError e) {
            throw new JinjaException(TOO_DEEP, e);
        }
    }

    private static StrictInterpreter interpreter(Map<String, ?> variables, ZonedDateTime now) {
        Map<String, Object> bindings = new HashMap<>();
        variables.forEach((name, value) -> bindings.put(name, PythonValues.fromJava(value)));
        FUNCTIONS.forEach(name -> bindings.putIfAbsent(name, true));
        return new StrictInterpreter(JINJAVA, new StrictContext(JINJAVA, bindings), JINJAVA.getGlobalConfig(), now);
    }

    private static void check(Node parent, int depth) {
        if (depth > MAX_DEPTH) {
            throw new JinjaException("tags may be at most " + MAX_DEPTH + " deep");
        }
        for (Node node : parent.getChildren()) {
            if (node.getMaster() instanceof ExpressionToken expression) {
                parse(expression.getExpr());
            } else if (node instanceof TagNode tag) {
                check(tag);
            }
            check(node, depth + 1);
        }
    }

    private static void check(TagNode tag) {
        switch (tag.getName()) {
            case "if", "elif" -> parse(tag.getHelpers());
            case "set" -> {
                int assignment = tag.getHelpers().indexOf('=');
                if (assignment >= 0) {
                    parse("[" + tag.getHelpers().substring(assignment + 1) + "]");
                }
            }
            case "for" -> {
                PythonForTag.Header header = PythonForTag.Header.of(tag.getHelpers());
                parse(header.iterable());
                header.condition().ifPresent(JinjaTemplate::parse);
                if (tag.getChildren().stream().anyMatch(child -> child.getName().equals("else"))) {
                    throw new JinjaException("'for' with 'else' is not supported");
                }
            }
            default -> {}
        }
    }

    private static void parse(String expression) {
        JINJAVA.syntax().build("#{" + expression.strip() + "}");
    }
}
