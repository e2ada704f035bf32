package io.vitrine.server.api;

import java.util.List;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;

/** Which values of a field ask for nothing; null always is one. */
enum NeutralValue {
    /** Nothing but null, false and an empty text: here an empty list or object asks for something. */
    UNSET("`false`, `\"\"`", node -> isFalse(node) || isEmptyText(node)),
    EMPTY("`false`, `\"\"`, `[]`, `{}`", node -> UNSET.holds(node) || (node.isContainerNode() && node.isEmpty())),
    FALSE("`false`", NeutralValue::isFalse),
    TRUE("`true`", node -> node.isBoolean() && node.booleanValue()),
    ZERO("`0`", node -> isNumber(node, 0)),
    ONE("`1`", node -> isNumber(node, 1)),
    NOT_POSITIVE("`0` and below", node -> node.isNumber() && node.doubleValue() <= 0),
    NEGATIVE("below `0`", node -> node.isNumber() && node.doubleValue() < 0),
    NONE("`\"none\"`", node -> isText(node, "none")),
    MEDIUM("`\"medium\"`", node -> isText(node, "medium")),
    TEXT_ONLY("`[\"text\"]`, `[]`", node -> node.isArray() && allText(node)),
    DISABLED_TYPE(
            "`false`, `{\"type\": \"disabled\"}`", node -> isFalse(node) || isText(node.path("type"), "disabled"));

    private final String words;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing
    private final Predicate<JsonNode> rule;

    NeutralValue(String words, Predicate<JsonNode> rule) {
        this.words = words;
        this.rule = rule;
    }

    /** Whether a value that is not null asks for nothing. */
    boolean holds(JsonNode value) {
        return rule.test(value);
    }

    /** As the documentation writes it. */
    String words() {
        return words;
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }

    private static boolean isEmptyText(JsonNode node) {
        return node.isTextual() && node.textValue().isEmpty();
    }

    private static boolean isNumber(JsonNode node, int value) {
        return node.isNumber() && node.doubleValue() == value;
    }

    private static boolean isText(JsonNode node, String text) {
        return text.equals(node.textValue());
    }

    private static boolean allText(JsonNode list) {
        return List.of("", "text").contains(list.isEmpty() ? "" : list.path(0).asText()) && list.size() <= 1;
    }
}
