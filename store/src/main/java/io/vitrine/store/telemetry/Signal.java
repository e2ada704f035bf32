package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.vitrine.store.sql.Column;
import io.vitrine.store.sql.DuckDb;

import static io.vitrine.store.sql.Column.integer;
import static io.vitrine.store.sql.Column.real;
import static io.vitrine.store.sql.Column.text;

/** The kinds of telemetry, each a table of the day file and a folder of Parquet files. */
public enum Signal {
    // Spans lie in Parquet by trace: all of one trace is in one place, and the rest of the file need not be read.
    SPANS(
            "trace_id, at_nanos",
            text("trace_id"),
            text("span_id"),
            text("parent_id"),
            text("name"),
            integer("at_nanos"),
            integer("duration_nanos"),
            text("tenant_id"),
            text("request_id"),
            text("status"),
            text("attributes")),
    LOGS(
            "at_nanos",
            integer("at_nanos"),
            text("level"),
            text("category"),
            text("event"),
            text("message"),
            text("trace_id"),
            text("span_id"),
            text("tenant_id"),
            text("request_id"),
            text("attributes")),
    STEPS(
            "at_nanos",
            integer("at_nanos"),
            integer("duration_nanos"),
            text("phase"),
            integer("batch_size"),
            integer("tokens"),
            integer("kv_bytes"),
            text("attributes")),
    SAMPLES("meter, at_nanos", integer("at_nanos"), text("meter"), text("labels"), real("value"), text("tenant_id")),
    GPU("at_nanos", integer("at_nanos"), text("gpu_id"), text("metric"), real("value"));

    private final String order;
    // Made by List.of, which never changes; its type cannot say so.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<Column> columns;

    Signal(String order, Column... columns) {
        this.order = order;
        this.columns = List.of(columns);
    }

    /** The name of the table, and of the folder. */
    public String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    List<Column> columns() {
        return columns;
    }

    boolean hasTenants() {
        return columns.contains(text("tenant_id"));
    }

    String select(String source) {
        return "SELECT " + columnNames() + " FROM " + source;
    }

    /** The order rows have in Parquet, where it decides what can be skipped. */
    String selectInOrder(String source) {
        return select(source) + " ORDER BY " + order;
    }

    /** This signal's rows of a Parquet file, to select from. */
    String parquet(Path file) {
        return DuckDb.parquet(file, columns);
    }

    String columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    String insert() {
        return "INSERT INTO " + table() + " (" + columnNames() + ") VALUES ("
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")";
    }
}
