package io.vitrine.grammar.tools;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.Matcher;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.grammar.schema.WhiteSpace;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.AnswerForm.Reasoning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AnswerGrammarTest {

    private static final List<byte[]> TOKENS = Vocabularies.smolLm2();
    private static final TokenTrie TRIE = Vocabularies.smolLm2Trie(TOKENS);
    private static final int END = 2;
    private static final int MOST_TOKENS = 200;
    private static final List<String> CLOSINGS = List.of("\"", "}", "]", ")", ">", "\n</parameter>", "}\n</tool_call>");

    @ParameterizedTest
    @EnumSource(ToolFormat.class)
    void randomAnswersAreReadAsValidCalls(ToolFormat format) {
        for (Calls calls : List.of(Calls.REQUIRED, Calls.POSSIBLE)) {
            AnswerForm form = new AnswerForm(format, ToolTexts.ALL, calls, 3, Reasoning.NONE, false);
            CompiledGrammar grammar =
                    Grammar.answer(form, null, WhiteSpace.DEFAULT).compile(TRIE, GrammarLimits.DEFAULT);
            Random random = new Random(format.name().hashCode());
            int ended = 0;
            for (int round = 0; round < 20; round++) {
                ended += walk(form, grammar.matcher(), random) ? 1 : 0;
            }
            assertThat(ended).as(format + " " + calls).isPositive();
        }
    }

    /** Whether the answer ended before the most tokens. */
    private static boolean walk(AnswerForm form, Matcher matcher, Random random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (form.calls() == Calls.POSSIBLE) {
            String start = form.format().trigger().isEmpty()
                    ? "[now("
                    : "Ä " + form.format().trigger();
            for (byte value : start.getBytes(StandardCharsets.UTF_8)) {
                int token = tokenOf(value);
                assertThat(matcher.accept(token)).isTrue();
                bytes.writeBytes(TOKENS.get(token));
            }
        }
        long[] bits = new long[TRIE.maskWords()];
        for (int count = 0; count < MOST_TOKENS && !matcher.isEnded(); count++) {
            // So that texts end: a walk among 49 152 tokens rarely closes them by itself.
            String closing = CLOSINGS.get(random.nextInt(CLOSINGS.size()));
            if (random.nextInt(3) == 0 && accepts(matcher, closing)) {
                bytes.writeBytes(closing.getBytes(StandardCharsets.UTF_8));
                continue;
            }
            matcher.mask(bits);
            int[] allowed = BitSet.valueOf(bits).stream().toArray();
            boolean end = allowed[0] == END && random.nextInt(3) > 0;
            int token = end ? END : allowed[random.nextInt(allowed.length)];
            assertThat(matcher.accept(token)).isTrue();
            bytes.writeBytes(matcher.isEnded() ? new byte[0] : TOKENS.get(token));
        }
        check(form, bytes.toString(StandardCharsets.UTF_8), matcher.isEnded());
        return matcher.isEnded();
    }

    /** Takes a text byte by byte, or nothing of it. */
    private static boolean accepts(Matcher matcher, String text) {
        int count = matcher.tokenCount();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!matcher.accept(tokenOf(value))) {
                matcher.rollback(matcher.tokenCount() - count);
                return false;
            }
        }
        return true;
    }

    private static int tokenOf(byte value) {
        return IntStream.range(0, TOKENS.size())
                .filter(token -> TOKENS.get(token).length == 1 && TOKENS.get(token)[0] == value)
                .findFirst()
                .orElseThrow();
    }

    private static void check(AnswerForm form, String answer, boolean whole) {
        AnswerParser parser = new AnswerParser(form, GrammarLimits.DEFAULT);
        ToolTexts.Read read = new ToolTexts.Read();
        read.add(parser.accept(answer));
        read.add(parser.finish());
        assertThat(parser.isMalformed()).as(answer).isFalse();
        if (!whole) {
            return;
        }
        assertThat(read.names()).as(answer).hasSize(parser.completedCalls()).hasSizeBetween(1, form.maxCalls());
        for (int call = 0; call < read.names().size(); call++) {
            String name = read.names().get(call);
            ToolFunction function = form.functions().stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            JsonNode arguments = read.arguments().get(call);
            List<Error> errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(function.parameters())
                    .validate(arguments);
            assertThat(errors).as(answer).isEmpty();
        }
    }

    @Test
    void requiredCallsStandAlone() {
        AnswerForm required = ToolTexts.form(ToolFormat.HERMES, Calls.REQUIRED);
        String now = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
        assertThat(ToolTexts.accepts(required, now)).isTrue();
        assertThat(ToolTexts.accepts(required, "")).isFalse();
        assertThat(ToolTexts.accepts(required, "text " + now)).isFalse();
        assertThat(ToolTexts.accepts(required, now + " text")).isFalse();
        assertThat(ToolTexts.accepts(required, now.replace("now", "never"))).isFalse();
        assertThat(ToolTexts.accepts(required, now.replace("{}", "{\"a\":1}"))).isFalse();
    }

    @Test
    void noCallsMeansThatNoTriggerIsWritten() {
        for (ToolFormat format : ToolFormat.values()) {
            AnswerForm none = ToolTexts.form(format, Calls.NONE);
            String begun = format.trigger().isEmpty() ? "[now(" : "a" + format.trigger();
            assertThat(ToolTexts.accepts(none, begun)).as(format.id()).isFalse();
            assertThat(ToolTexts.accepts(none, begun.substring(0, begun.length() - 1)))
                    .isTrue();
        }
    }

    @Test
    void countsCalls() {
        String now = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
        AnswerForm one = new AnswerForm(ToolFormat.HERMES, ToolTexts.ALL, Calls.POSSIBLE, 1, Reasoning.NONE, false);
        AnswerForm two = new AnswerForm(ToolFormat.HERMES, ToolTexts.ALL, Calls.POSSIBLE, 2, Reasoning.NONE, false);
        assertThat(ToolTexts.accepts(one, now)).isTrue();
        assertThat(ToolTexts.accepts(one, now + now)).isFalse();
        assertThat(ToolTexts.accepts(two, now + now)).isTrue();
        assertThat(ToolTexts.accepts(two, now + now + now)).isFalse();
    }

    @Test
    void aDocumentStandsInPlaceOfText() {
        AnswerForm form = new AnswerForm(ToolFormat.HERMES, ToolTexts.ALL, Calls.POSSIBLE, 2, Reasoning.POSSIBLE, true);
        Matcher matcher = Grammar.answer(form, Grammar.jsonObject(WhiteSpace.NONE), WhiteSpace.DEFAULT)
                .compile(Vocabularies.BYTES, GrammarLimits.DEFAULT)
                .matcher();
        String document = "{\"a\":\"<tool_call>\"}";
        assertThat(Vocabularies.accepts(matcher, document)).isTrue();
        assertThat(Vocabularies.accepts(matcher, "<think>x</think>" + document)).isTrue();
        assertThat(Vocabularies.accepts(matcher, "text")).isFalse();
        assertThat(Vocabularies.accepts(matcher, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>"))
                .isTrue();
        assertThat(ToolTexts.read(form, List.of(document)).joined()).isEqualTo("\ntext: " + document);
    }

    @Test
    void strictFunctionsRefuseWhatOthersRelax() {
        String unique = "{\"properties\":{\"a\":{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"oneOf\":"
                + "[{\"type\":\"integer\"},{\"type\":\"number\"}]}}},\"required\":[\"a\"]}";
        AnswerForm strict = form(new ToolFunction("f", unique, "/tools/7/function/parameters", true));
        assertThatThrownBy(() -> ToolTexts.matcher(strict)).isInstanceOfSatisfying(GrammarException.class, e -> {
            assertThat(e.keyword()).isEqualTo("uniqueItems");
            assertThat(e.pointer()).isEqualTo("/tools/7/function/parameters/properties/a");
        });
        AnswerForm loose = form(new ToolFunction("f", unique, "/tools/7/function/parameters", false));
        String call = "<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":[1,1]}}</tool_call>";
        assertThat(ToolTexts.accepts(loose, call)).isTrue();
        assertThat(ToolTexts.accepts(loose, call.replace("[1,1]", "[\"x\"]"))).isFalse();
    }

    @Test
    void malformedSchemasAreRefusedEvenIfNotStrict() {
        for (String schema : List.of(
                "[]",
                "{\"type\":\"string\"}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"text\"}}}",
                "{")) {
            AnswerForm form = form(new ToolFunction("f", schema, "", false));
            assertThatThrownBy(() -> ToolTexts.matcher(form)).as(schema).isInstanceOf(GrammarException.class);
        }
    }

    @Test
    void parametersThatANotationCannotWriteAreRefused() {
        String spaced = "{\"properties\":{\"a b\":{\"type\":\"integer\"}}}";
        AnswerForm pythonic = new AnswerForm(
                ToolFormat.PYTHONIC,
                List.of(new ToolFunction("f", spaced, "/p", false)),
                Calls.REQUIRED,
                1,
                Reasoning.NONE,
                false);
        assertThatThrownBy(() -> ToolTexts.matcher(pythonic))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining("must be a word of ASCII letters, digits and _: a b");
    }

    private static AnswerForm form(ToolFunction function) {
        return new AnswerForm(ToolFormat.HERMES, List.of(function), Calls.POSSIBLE, 1, Reasoning.NONE, false);
    }

    @Test
    void formatsAreChosenByTheTemplate() {
        assertThat(ToolFormat.ofTemplate("{{ '<tool_call>\\n{\"name\": \"' }}")).contains(ToolFormat.HERMES);
        assertThat(ToolFormat.ofTemplate("'<tool_call>\\n<function=' + name")).contains(ToolFormat.QWEN_XML);
        assertThat(ToolFormat.ofTemplate("{{- '\"parameters\": ' }}")).contains(ToolFormat.LLAMA_JSON);
        assertThat(ToolFormat.ofTemplate("{{- \"[TOOL_CALLS] [\" }}")).contains(ToolFormat.MISTRAL_LIST);
        assertThat(ToolFormat.ofTemplate("{{- \"[TOOL_CALLS]\" + \"[\" }}")).contains(ToolFormat.MISTRAL_LIST);
        assertThat(ToolFormat.ofTemplate("{{- \"[TOOL_CALLS]\" + name + args }}"))
                .contains(ToolFormat.MISTRAL);
        assertThat(ToolFormat.ofTemplate("\"[TOOL_CALLS]\" + name + \"[ARGS]\""))
                .contains(ToolFormat.MISTRAL_ARGS);
        assertThat(ToolFormat.ofTemplate("[func_name1(params_name1=")).contains(ToolFormat.PYTHONIC);
        assertThat(ToolFormat.ofTemplate("{{ messages }}")).isEmpty();
        assertThat(ToolFormat.named("qwen-xml")).contains(ToolFormat.QWEN_XML);
    }
}
