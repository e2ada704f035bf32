package io.vitrine.model.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.LengthLimitingStringBuilder;

/**
 * {@code for} as Jinja2 has it: what is set in one round is not there in the next, a condition may choose among the elements
 * ({@code for x in xs if x.y}), and {@code loop} knows its neighbours. {@code else} and {@code recursive} are refused.
 */
@SuppressWarnings("try") // a scope is entered and left, not used
final class PythonForTag implements Tag {

    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
        return ForTag.TAG_NAME;
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
        Header header = Header.of(tag.getHelpers());
        Object iterable = interpreter.resolveELExpression(header.iterable(), tag.getLineNumber());
        List<Object> elements = new ArrayList<>();
        for (Object element : PythonValues.elements(iterable)) {
            if (header.condition().isEmpty() || accepts(header, element, tag, interpreter)) {
                elements.add(element);
            }
        }
        return rounds(header, new PythonLoop(elements), tag, interpreter);
    }

    private static boolean accepts(Header header, Object element, TagNode tag, JinjavaInterpreter interpreter) {
        try (var scope = interpreter.enterScope()) {
            header.bind(element, interpreter.getContext());
            return PythonValues.truth(
                    interpreter.resolveELExpression(header.condition().orElseThrow(), tag.getLineNumber()));
        }
    }

    private static String rounds(Header header, PythonLoop loop, TagNode tag, JinjavaInterpreter interpreter) {
        var output = new LengthLimitingStringBuilder(interpreter.getConfig().getMaxOutputSize());
        while (loop.hasNext()) {
            Object element = loop.next();
            ((StrictInterpreter) interpreter).countStep();
            try (var scope = interpreter.enterScope()) {
                interpreter.getContext().put(ForTag.LOOP, loop);
                header.bind(element, interpreter.getContext());
                for (Node node : tag.getChildren()) {
                    output.append(node.render(interpreter));
                    if (loop.isContinued()) {
                        break;
                    }
                }
            }
        }
        return output.toString();
    }

    /** What stands in the tag. */
    record Header(List<String> names, String iterable, Optional<String> condition) {

        private static final Pattern FORM =
                Pattern.compile("\\(?\\s*(\\w+(?:\\s*,\\s*\\w+)*)\\s*\\)?\\s+in\\s+(.+)", Pattern.DOTALL);

        static Header of(String text) {
            Matcher form = FORM.matcher(text.strip());
            if (!form.matches() || form.group(2).matches("(?s).*\\srecursive")) {
                throw new JinjaException("'for " + text.strip() + "' is not supported");
            }
            List<String> names = Arrays.asList(form.group(1).split("\\s*,\\s*"));
            String rest = form.group(2);
            int condition = ExpressionText.indexOfWord(rest, "if");
            if (condition < 0 || ExpressionText.indexOfWord(rest, "else") >= 0) {
                return new Header(names, rest, Optional.empty());
            }
            return new Header(names, rest.substring(0, condition), Optional.of(rest.substring(condition + 2)));
        }

        void bind(Object element, Context context) {
            if (names.size() == 1) {
                context.put(names.get(0), element);
                return;
            }
            List<Object> parts = PythonValues.elements(element);
            if (parts.size() != names.size()) {
                throw new JinjaException("cannot take " + parts.size() + " values for " + names.size() + " names");
            }
            for (int i = 0; i < parts.size(); i++) {
                context.put(names.get(i), parts.get(i));
            }
        }
    }
}
