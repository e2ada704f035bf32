package io.vitrine.server.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.vitrine.server.api.RefusedFields.Field;
import io.vitrine.server.config.ConfigReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The whole table of refused fields, through the reader of bodies. */
class RefusedFieldsTest {

    static final List<Field> CHAT = RefusedFields.CHAT;
    static final List<Field> COMPLETION = RefusedFields.COMPLETION;
    static final List<Field> MESSAGE = RefusedFields.MESSAGE;

    private final RequestParser parser = new RequestParser(
            new ConfigReader(Map.of())
                    .read(Optional.empty(), List.of())
                    .config()
                    .limits(),
            Set.of());

    private static List<String> neutral(NeutralValue kind) {
        return switch (kind) {
            case UNSET -> List.of("null", "false", "\"\"");
            case EMPTY -> List.of("null", "false", "\"\"", "[]", "{}");
            case FALSE -> List.of("null", "false");
            case TRUE -> List.of("null", "true");
            case ZERO -> List.of("null", "0", "0.0", "-0.0");
            case ONE -> List.of("null", "1", "1.0");
            case NOT_POSITIVE -> List.of("null", "0", "-1");
            case NEGATIVE -> List.of("null", "-1");
            case NONE -> List.of("null", "\"none\"");
            case MEDIUM -> List.of("null", "\"medium\"");
            case TEXT_ONLY -> List.of("null", "[]", "[\"text\"]");
            case DISABLED_TYPE -> List.of("null", "false", "{\"type\": \"disabled\"}");
        };
    }

    private static List<String> asking(NeutralValue kind) {
        return switch (kind) {
            case UNSET -> List.of("{}", "[]", "true", "\"x\"", "1", "{\"a\": 1}");
            case EMPTY -> List.of("true", "\"x\"", "1", "[1]", "{\"a\": 1}");
            case FALSE -> List.of("true", "\"false\"", "1", "{}");
            case TRUE -> List.of("false", "\"true\"", "0", "{}");
            case ZERO -> List.of("1", "0.5", "-1", "\"0\"", "false");
            case ONE -> List.of("0", "1.5", "\"1\"", "true");
            case NOT_POSITIVE -> List.of("1", "0.5", "\"0\"", "true");
            case NEGATIVE -> List.of("0", "5", "\"-1\"", "true");
            case NONE -> List.of("\"auto\"", "\"high\"", "true", "{\"type\": \"function\"}");
            case MEDIUM -> List.of("\"low\"", "\"high\"", "1");
            case TEXT_ONLY -> List.of("[\"audio\"]", "[\"text\", \"audio\"]", "\"audio\"");
            case DISABLED_TYPE -> List.of("true", "{}", "{\"type\": \"enabled\"}");
        };
    }

    @ParameterizedTest
    @FieldSource("CHAT")
    void aChatIsRefusedForWhatItAsksAndNotForNothing(Field field) {
        check(field, field.name(), value -> parser.chat(chat("", "\"" + field.name() + "\": " + value), () -> {}));
    }

    @ParameterizedTest
    @FieldSource("COMPLETION")
    void aCompletionIsRefusedForWhatItAsksAndNotForNothing(Field field) {
        check(
                field,
                field.name(),
                value -> parser.completion(completion("\"" + field.name() + "\": " + value), () -> {}));
    }

    @ParameterizedTest
    @FieldSource("MESSAGE")
    void aMessageIsRefusedForWhatItAsksAndNotForNothing(Field field) {
        check(
                field,
                "messages[0]." + field.name(),
                value -> parser.chat(chat(", \"" + field.name() + "\": " + value, "\"n\": 1"), () -> {}));
    }

    private interface Reading {
        void of(String value);
    }

    private static void check(Field field, String param, Reading reading) {
        neutral(field.neutral())
                .forEach(value ->
                        assertThatCode(() -> reading.of(value)).as(value).doesNotThrowAnyException());
        asking(field.neutral()).forEach(value -> assertThatThrownBy(() -> reading.of(value))
                .as(value)
                .isInstanceOfSatisfying(ApiException.class, refusal -> {
                    assertThat(refusal.param()).hasValue(param);
                    assertThat(refusal.code()).isEqualTo("unsupported_parameter");
                    assertThat(refusal.getMessage()).startsWith(param + " is not supported yet");
                }));
    }

    @Test
    void namesWhatToUseInstead() {
        assertThatThrownBy(() -> parser.completion(completion("\"n_predict\": 5"), () -> {}))
                .hasMessage("n_predict is not supported yet; use max_tokens");
    }

    @Test
    void namesNoFieldTwice() {
        Stream.of(CHAT, COMPLETION, MESSAGE)
                .forEach(table -> assertThat(table).extracting(Field::name).doesNotHaveDuplicates());
    }

    @Test
    void isDocumentedFieldByField() throws IOException {
        String documentation = Files.readString(Path.of("..", "docs", "api.md"));
        Stream.of(CHAT, COMPLETION, MESSAGE).flatMap(List::stream).forEach(field -> assertThat(documentation)
                .contains("`" + field.name() + "`"));
    }

    private static byte[] chat(String message, String more) {
        return ("{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"" + message + "}], " + more
                        + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] completion(String more) {
        return ("{\"model\": \"m\", \"prompt\": \"x\", " + more + "}").getBytes(StandardCharsets.UTF_8);
    }
}
