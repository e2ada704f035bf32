package io.vitrine.model.text.jinja;

import java.util.Map;

import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;

/** The outermost scope of one run, where every look-up of a filter or test ends: a name that is not known is an error. */
final class StrictContext extends Context {

    StrictContext(PythonJinjava jinjava, Map<String, Object> variables) {
        super(
                jinjava.getGlobalContextCopy(),
                variables,
                jinjava.getGlobalConfig().getDisabled());
        setExpressionStrategy(new TextOutput());
    }

    @Override
    public Filter getFilter(String name) {
        if (!PythonFilters.NAMES.contains(name)) {
            throw new JinjaException("the filter '" + name + "' is not supported");
        }
        return super.getFilter(name);
    }

    @Override
    public ExpTest getExpTest(String name) {
        if (!PythonTests.NAMES.contains(name)) {
            throw new JinjaException("the test '" + name + "' is not supported");
        }
        return super.getExpTest(name);
    }
}
