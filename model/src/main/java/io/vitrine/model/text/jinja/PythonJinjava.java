package io.vitrine.model.text.jinja;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.ExpressionFactory;

/** jinjava, set up as Hugging Face sets up Jinja2. Safe from several threads. */
final class PythonJinjava extends Jinjava {

    private static final int CACHED_EXPRESSIONS = 1000;
    private static final int MAX_MACRO_DEPTH = 50;

    private static final Set<String> TAGS = Set.of(
            "for", "endfor", "if", "elif", "else", "endif", "set", "endset", "macro", "endmacro", "break", "continue");

    private static final Set<String> FUNCTIONS = Set.of("namespace", "range");

    private final PythonSyntax syntax = new PythonSyntax();
    private final ExpressionFactory expressions =
            new ExpressionFactoryImpl(new TreeStore(syntax, new Cache(CACHED_EXPRESSIONS)), new PythonSyntax.Truth());

    PythonJinjava() {
        super(config());
        register(getGlobalContext());
    }

    @Override
    public ExpressionFactory getExpressionFactory() {
        return expressions;
    }

    PythonSyntax syntax() {
        return syntax;
    }

    private static JinjavaConfig config() {
        return JinjavaConfig.newBuilder()
                .withLegacyOverrides(LegacyOverrides.ALL)
                .withTrimBlocks(false) // PlainSource has done both
                .withLstripBlocks(false)
                // A message is data: braces in it are text.
                .withNestedInterpretationEnabled(false)
                .withElResolver(new PythonObjects())
                .withMaxOutputSize(JinjaTemplate.MAX_OUTPUT_CHARS)
                .withMaxStringLength(JinjaTemplate.MAX_OUTPUT_CHARS)
                .withMaxListSize(JinjaTemplate.MAX_ELEMENTS)
                .withMaxMapSize(JinjaTemplate.MAX_ELEMENTS)
                .withEnableRecursiveMacroCalls(true)
                .withMaxMacroRecursionDepth(MAX_MACRO_DEPTH)
                .withDisabled(Map.of(Context.Library.TAG, otherTags(), Context.Library.FUNCTION, otherFunctions()))
                .build();
    }

    private static void register(Context context) {
        context.registerTag(new PythonForTag());
        context.registerTag(new PythonIfTag());
        PythonFilters.own().forEach(context::registerFilter);
        PythonTests.all().forEach(context::registerExpTest);
        context.registerFunction(new ELFunctionDefinition(
                "", "raise_exception", TemplateFunctions.class, "raiseException", String.class));
        context.registerFunction(
                new ELFunctionDefinition("", "range", TemplateFunctions.class, "range", Object[].class));
        context.registerFunction(
                new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class, "strftimeNow", String.class));
    }

    private static Set<String> otherTags() {
        Set<String> names = new HashSet<>();
        new Context().getAllTags().forEach(tag -> names.add(tag.getName()));
        names.removeAll(TAGS);
        return names;
    }

    private static Set<String> otherFunctions() {
        Set<String> names = new HashSet<>();
        new Context()
                .getAllFunctions().stream()
                        .filter(function -> !FUNCTIONS.contains(function.getLocalName()))
                        .forEach(function -> names.add(function.getName()));
        return names;
    }
}
