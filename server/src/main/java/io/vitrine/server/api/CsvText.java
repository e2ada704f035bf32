package io.vitrine.server.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;

/** Answers of the API as CSV: a column for each field of any row, objects and lists in it as JSON. */
public final class CsvText {

    private static final CsvMapper CSV = new CsvMapper();
    /** A spreadsheet would take a text that begins with one of these for a formula. */
    private static final String FORMULA = "=+-@\t\r";

    private CsvText() {}

    public static String of(List<?> rows) {
        List<JsonNode> nodes = new ArrayList<>();
        Set<String> columns = new LinkedHashSet<>();
        for (Object row : rows) {
            JsonNode node = ApiJson.tree(row);
            nodes.add(node);
            node.fieldNames().forEachRemaining(columns::add);
        }
        CsvSchema.Builder schema = CsvSchema.builder();
        columns.forEach(schema::addColumn);
        List<List<String>> lines = nodes.stream()
                .map(node ->
                        columns.stream().map(column -> text(node.path(column))).toList())
                .toList();
        try {
            return CSV.writer(schema.build().withHeader()).writeValueAsString(lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write lines of text into memory", e);
        }
    }

    private static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            return value.isContainerNode() ? value.toString() : value.asText();
        }
        String text = value.asText();
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
