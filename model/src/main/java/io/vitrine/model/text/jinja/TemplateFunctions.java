package io.vitrine.model.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;

/** The functions of Jinja2 and those that Hugging Face adds. Public only because jinjava calls them by reflection. */
public final class TemplateFunctions {

    private TemplateFunctions() {}

    /** Refuses the conversation. */
    public static Object raiseException(String message) {
        throw JinjaException.refusal(message);
    }

    /** Python's {@code range}, as a list. */
    public static List<Object> range(Object... arguments) {
        long[] numbers = Arrays.stream(arguments)
                .mapToLong(argument -> ((Number) argument).longValue())
                .toArray();
        if (numbers.length < 1 || numbers.length > 3 || (numbers.length == 3 && numbers[2] == 0)) {
            throw new JinjaException("range takes one to three numbers, the last not zero");
        }
        long start = numbers.length == 1 ? 0 : numbers[0];
        long stop = numbers[numbers.length == 1 ? 0 : 1];
        long step = numbers.length == 3 ? numbers[2] : 1;
        List<Object> range = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            range.add(i);
            if (range.size() > JinjaTemplate.MAX_ELEMENTS) {
                throw new JinjaException("a range may have at most " + JinjaTemplate.MAX_ELEMENTS + " elements");
            }
        }
        return range;
    }

    /** The present time, by Python's {@code strftime}. */
    public static String strftimeNow(String format) {
        if (JinjavaInterpreter.getCurrent() instanceof StrictInterpreter interpreter) {
            return StrftimeFormatter.format(interpreter.now(), format);
        }
        throw new IllegalStateException("called outside a template");
    }
}
