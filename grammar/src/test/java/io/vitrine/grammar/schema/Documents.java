package io.vitrine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

/** JSON values as text: numbers in plain notation, properties in any order. */
final class Documents {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final int MAX_ORDERS = 200;

    private Documents() {}

    /** Compact texts of a value, one for each order of the properties of its objects, up to a limit. */
    static List<String> inEveryOrder(JsonNode value) {
        if (value.isObject()) {
            List<String> texts = new ArrayList<>();
            for (List<Map.Entry<String, JsonNode>> order : permutations(List.copyOf(value.properties()))) {
                List<String> prefixes = List.of("");
                for (Map.Entry<String, JsonNode> property : order) {
                    String name = (prefixes.get(0).isEmpty() ? "" : ",") + new TextNode(property.getKey()) + ":";
                    prefixes = appended(prefixes, name, inEveryOrder(property.getValue()));
                }
                prefixes.forEach(prefix -> texts.add("{" + prefix + "}"));
            }
            return limited(texts);
        }
        if (value.isArray()) {
            List<String> prefixes = List.of("");
            for (JsonNode element : value) {
                prefixes = appended(prefixes, prefixes.get(0).isEmpty() ? "" : ",", inEveryOrder(element));
            }
            return prefixes.stream().map(prefix -> "[" + prefix + "]").toList();
        }
        return List.of(value.isNumber() ? number(value.decimalValue()) : value.toString());
    }

    /** Whether {@link #inEveryOrder} leaves orders of this value out. */
    static boolean hasOrdersBeyondTheLimit(JsonNode value) {
        return orders(value) > MAX_ORDERS;
    }

    private static double orders(JsonNode value) {
        double orders = 1;
        for (JsonNode element : value) {
            orders *= orders(element);
        }
        for (int i = 2; value.isObject() && i <= value.size(); i++) {
            orders *= i;
        }
        return orders;
    }

    static String number(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private static List<String> appended(List<String> prefixes, String between, List<String> suffixes) {
        List<String> texts = new ArrayList<>();
        prefixes.forEach(prefix -> suffixes.forEach(suffix -> texts.add(prefix + between + suffix)));
        return limited(texts);
    }

    private static List<String> limited(List<String> texts) {
        return texts.subList(0, Math.min(texts.size(), MAX_ORDERS));
    }

    private static <T> List<List<T>> permutations(List<T> elements) {
        if (elements.size() > 5) {
            return List.of(elements);
        }
        List<List<T>> all = new ArrayList<>();
        permute(new ArrayList<>(elements), 0, all);
        return all;
    }

    private static <T> void permute(List<T> elements, int from, List<List<T>> all) {
        if (from >= elements.size() - 1) {
            all.add(List.copyOf(elements));
            return;
        }
        for (int i = from; i < elements.size(); i++) {
            Collections.swap(elements, from, i);
            permute(elements, from + 1, all);
            Collections.swap(elements, from, i);
        }
    }
}
