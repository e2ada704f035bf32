package io.vitrine.store.sql;

/** One column of a table, as both engines know it. */
public record Column(String name, Type type) {

    /** What a column holds, and what DuckDB calls it. */
    public enum Type {
        TEXT("VARCHAR"),
        INTEGER("BIGINT"),
        REAL("DOUBLE");

        private final String duckDbName;

        Type(String duckDbName) {
            this.duckDbName = duckDbName;
        }
    }

    public static Column text(String name) {
        return new Column(name, Type.TEXT);
    }

    public static Column integer(String name) {
        return new Column(name, Type.INTEGER);
    }

    public static Column real(String name) {
        return new Column(name, Type.REAL);
    }

    String absent() {
        return "NULL::" + type.duckDbName + " AS " + name;
    }

    String definition() {
        return name + " " + type.duckDbName;
    }
}
