package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.AnswerForm.Reasoning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class AnswerParserTest {

    private static final String HERMES_CALL = """
            <tool_call>
            {"name": "get_weather", "arguments": {"city": "K\\u00f6ln \\ud83d\\ude00 😀", "days": 3}}
            </tool_call>""";
    private static final String QWEN_NOTE = """
            <tool_call>
            <function=take_note>
            <parameter=text>
            say "hi"
            </p> \\ ü 😀

            </parameter>
            <parameter=tags>
            ["a", "b\\n\\u00e9"]
            </parameter>
            <parameter=kind>
            task
            </parameter>
            </function>
            </tool_call>""";

    private static AnswerForm thinking(ToolFormat format, Reasoning reasoning) {
        return new AnswerForm(format, ToolTexts.ALL, Calls.POSSIBLE, 128, reasoning, false);
    }

    /** Answers of every format, each a text of its grammar, and what is read from them. */
    static Stream<Arguments> answers() {
        return Stream.of(
                arguments(
                        ToolTexts.form(ToolFormat.HERMES, Calls.POSSIBLE),
                        "Just <text> <tool_cal",
                        "\ntext: Just <text> <tool_cal"),
                arguments(
                        ToolTexts.form(ToolFormat.HERMES, Calls.POSSIBLE),
                        "Let me look.\n" + HERMES_CALL + "\n<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>",
                        "\ntext: Let me look.\n\ncall 0 get_weather: \narguments 0: {\"city\": \"K\\u00f6ln \\ud83d\\ude00 😀\", \"days\": 3}"
                                + "\ncall 1 now: \narguments 1: {}"),
                arguments(
                        ToolTexts.form(ToolFormat.HERMES, Calls.REQUIRED),
                        HERMES_CALL,
                        "\ncall 0 get_weather: \narguments 0: {\"city\": \"K\\u00f6ln \\ud83d\\ude00 😀\", \"days\": 3}"),
                arguments(
                        thinking(ToolFormat.HERMES, Reasoning.POSSIBLE),
                        "<think>\nA <tool_call> or </thin\n\n?\n</think>\n\n" + HERMES_CALL,
                        "\nreasoning: A <tool_call> or </thin\n\n?\ncall 0 get_weather: \narguments 0: "
                                + "{\"city\": \"K\\u00f6ln \\ud83d\\ude00 😀\", \"days\": 3}"),
                arguments(
                        thinking(ToolFormat.HERMES, Reasoning.OPENED),
                        "hm\n</think>\n\nIt rains <think>.",
                        "\nreasoning: hm\ntext: It rains <think>."),
                arguments(
                        ToolTexts.form(ToolFormat.QWEN_XML, Calls.POSSIBLE),
                        "Noted:\n" + QWEN_NOTE,
                        "\ntext: Noted:\n\ncall 0 take_note: \narguments 0: {\"text\": \"say \\\"hi\\\"\\n</p> \\\\ ü 😀\\n\", "
                                + "\"tags\": [\"a\", \"b\\n\\u00e9\"], \"kind\": \"task\"}"),
                arguments(
                        ToolTexts.form(ToolFormat.QWEN_XML, Calls.REQUIRED),
                        "<tool_call>\n<function=now>\n</function>\n</tool_call>\n" + "<tool_call><function=get_weather>"
                                + "<parameter=city>\n\n</parameter><parameter=warm>\ntrue\n</parameter></function></tool_call>",
                        "\ncall 0 now: \narguments 0: {}\ncall 1 get_weather: \narguments 1: {\"city\": \"\", \"warm\": true}"),
                arguments(
                        ToolTexts.form(ToolFormat.LLAMA_JSON, Calls.POSSIBLE),
                        "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"a}\\\"b\", \"warm\": false}}",
                        "\ncall 0 get_weather: \narguments 0: {\"city\": \"a}\\\"b\", \"warm\": false}"),
                arguments(
                        ToolTexts.form(ToolFormat.LLAMA_JSON, Calls.POSSIBLE),
                        "I call <|python_tag|>{\"name\": \"now\", \"parameters\": {}}",
                        "\ntext: I call \ncall 0 now: \narguments 0: {}"),
                arguments(
                        ToolTexts.form(ToolFormat.LLAMA_JSON, Calls.POSSIBLE),
                        "{\"name\":\"Bob\"} is JSON",
                        "\ntext: {\"name\":\"Bob\"} is JSON"),
                arguments(
                        ToolTexts.form(ToolFormat.PYTHONIC, Calls.POSSIBLE),
                        "[get_weather(city=\"True, [x)\\u00e9\", warm=True), take_note(text=\"\", tags=[\"a\"], "
                                + "place={\"x\": -1.5e3, \"on\": None}), now()]",
                        "\ncall 0 get_weather: \narguments 0: {\"city\": \"True, [x)\\u00e9\", \"warm\": true}"
                                + "\ncall 1 take_note: \narguments 1: {\"text\": \"\", \"tags\": [\"a\"], "
                                + "\"place\": {\"x\": -1.5e3, \"on\": null}}\ncall 2 now: \narguments 2: {}"),
                arguments(
                        ToolTexts.form(ToolFormat.PYTHONIC, Calls.POSSIBLE),
                        "[get_weather is a list",
                        "\ntext: [get_weather is a list"),
                arguments(
                        ToolTexts.form(ToolFormat.MISTRAL_LIST, Calls.POSSIBLE),
                        "Ok[TOOL_CALLS] [{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"get_weather\", "
                                + "\"arguments\": {\"city\": \"]\"}}]",
                        "\ntext: Ok\ncall 0 now: \narguments 0: {}\ncall 1 get_weather: \narguments 1: {\"city\": \"]\"}"),
                arguments(
                        ToolTexts.form(ToolFormat.MISTRAL, Calls.POSSIBLE),
                        "[TOOL_CALLS]get_weather{\"city\": \"x\"}[TOOL_CALLS]now{}",
                        "\ncall 0 get_weather: \narguments 0: {\"city\": \"x\"}\ncall 1 now: \narguments 1: {}"),
                arguments(
                        ToolTexts.form(ToolFormat.MISTRAL_ARGS, Calls.POSSIBLE),
                        "[TOOL_CALLS]get_weather[ARGS]{\"city\": \"x\"}",
                        "\ncall 0 get_weather: \narguments 0: {\"city\": \"x\"}"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void readsAnswersOfTheGrammar(AnswerForm form, String answer, String expected) {
        assertThat(ToolTexts.accepts(form, answer)).as(answer).isTrue();
        assertThat(ToolTexts.read(form, List.of(answer)).joined()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyCutIntoTwoGivesTheSameParts(AnswerForm form, String answer, String expected) {
        for (int cut = 1; cut < answer.length(); cut++) {
            List<String> pieces = List.of(answer.substring(0, cut), answer.substring(cut));
            assertThat(ToolTexts.read(form, pieces).joined())
                    .as("cut at " + cut)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void randomGroupingsGiveTheSameParts(AnswerForm form, String answer, String expected) {
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            List<String> pieces = new ArrayList<>();
            for (int from = 0; from < answer.length(); ) {
                int to = Math.min(answer.length(), from + 1 + random.nextInt(12));
                pieces.add(answer.substring(from, to));
                from = to;
            }
            assertThat(ToolTexts.read(form, pieces).joined()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void argumentPiecesCutNoCharacterAndNoEscape(AnswerForm form, String answer, String expected) {
        List<String> single =
                answer.chars().mapToObj(c -> String.valueOf((char) c)).toList();
        for (String piece : ToolTexts.read(form, single).pieces()) {
            assertThat(piece).isNotEmpty();
            assertThat(Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
                    .isFalse();
            assertThat(piece).doesNotMatch("(?s).*(^|[^\\\\])(\\\\\\\\)*\\\\(u[0-9a-fA-F]{0,3})?");
            assertThat(piece).doesNotMatch("(?s).*\\\\ud8[0-9a-f]{2}");
        }
    }

    @Test
    void aCutAnswerKeepsWhatWasWritten() {
        AnswerForm form = ToolTexts.form(ToolFormat.HERMES, Calls.POSSIBLE);
        for (int end = 0; end <= HERMES_CALL.length(); end++) {
            AnswerParser parser = new AnswerParser(form, GrammarLimits.DEFAULT);
            ToolTexts.Read read = new ToolTexts.Read();
            read.add(parser.accept(HERMES_CALL.substring(0, end)));
            read.add(parser.finish());
            assertThat(parser.isMalformed()).isFalse();
            assertThat(String.join("", read.pieces())).isIn(HERMES_CALL.substring(0, end), part(end));
            assertThat(parser.completedCalls()).isLessThanOrEqualTo(parser.startedCalls());
        }
    }

    /** The arguments within the first characters of the call. */
    private static String part(int end) {
        int from = HERMES_CALL.indexOf("{\"city");
        int to = HERMES_CALL.indexOf("}}\n") + 1;
        return end <= from ? "" : HERMES_CALL.substring(from, Math.min(end, to));
    }

    @Test
    void theBeginningOfARequiredCallIsNoText() {
        AnswerForm form = ToolTexts.form(ToolFormat.HERMES, Calls.REQUIRED);
        for (int end = 0; end <= HERMES_CALL.length(); end++) {
            AnswerParser parser = new AnswerParser(form, GrammarLimits.DEFAULT);
            List<AnswerPart> parts = new ArrayList<>(parser.accept(HERMES_CALL.substring(0, end)));
            parts.addAll(parser.finish());
            assertThat(parts).noneMatch(AnswerPart.Text.class::isInstance);
        }
    }

    @Test
    void textBesideTheGrammarIsMalformed() {
        AnswerParser parser =
                new AnswerParser(ToolTexts.form(ToolFormat.HERMES, Calls.POSSIBLE), GrammarLimits.DEFAULT);
        parser.accept("<tool_call>[1]");
        assertThat(parser.isMalformed()).isTrue();
        assertThat(parser.startedCalls()).isZero();
    }

    @Test
    void withoutFunctionsATriggerIsText() {
        AnswerForm form = AnswerForm.text(Reasoning.NONE);
        assertThat(ToolTexts.read(form, List.of(HERMES_CALL)).joined()).isEqualTo("\ntext: " + HERMES_CALL);
    }
}
