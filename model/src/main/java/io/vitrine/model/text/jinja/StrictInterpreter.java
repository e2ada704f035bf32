package io.vitrine.model.text.jinja;

import java.time.ZonedDateTime;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import org.jspecify.annotations.Nullable;

/**
 * One run of a template that stops at the first error, where jinjava would note it and go on, and that has an end.
 *
 * <p>For one thread.
 */
final class StrictInterpreter extends JinjavaInterpreter {

    private final ZonedDateTime now;
    private int steps;

    StrictInterpreter(Jinjava jinjava, Context context, JinjavaConfig config, ZonedDateTime now) {
        super(jinjava, context, config);
        this.now = now;
    }

    ZonedDateTime now() {
        return now;
    }

    @Override
    public Object retraceVariable(String variable, int lineNumber, int startPosition) {
        if (variable.equals("none") || variable.equals("None")) {
            return None.NONE;
        }
        Object value = getContext().get(variable);
        return value == null ? new Undefined(variable) : value;
    }

    @Override
    public Object resolveELExpression(String expression, int lineNumber) {
        countStep();
        return super.resolveELExpression(expression, lineNumber);
    }

    /** One evaluation, or one round of a loop. */
    void countStep() {
        if (++steps > JinjaTemplate.MAX_STEPS) {
            throw new JinjaException("the template takes more than " + JinjaTemplate.MAX_STEPS + " steps");
        }
    }

    @Override
    public void addError(@Nullable TemplateError error) {
        if (error != null) {
            throw failure(error);
        }
    }

    private static JinjaException failure(TemplateError error) {
        Exception cause = error.getException();
        return cause == null ? new JinjaException(error.getMessage()) : JinjaException.of(cause);
    }
}
