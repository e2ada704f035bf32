package io.vitrine.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.vitrine.server.api.ApiJson;
import io.vitrine.store.telemetry.PlannedDeletion;
import io.vitrine.store.telemetry.Signal;
import io.vitrine.store.telemetry.StoredFile;
import io.vitrine.store.telemetry.Tier;

/**
 * What commands say about stored telemetry, as a table for people and as JSON for programs.
 *
 * @param rows numbers and texts, one for each column
 */
record StoreReport(List<String> columns, List<List<Object>> rows) {

    StoreReport {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** Of one row. */
    static StoreReport of(List<String> columns, List<Object> row) {
        return new StoreReport(columns, List.of(row));
    }

    static StoreReport status(List<StoredFile> files) {
        record Group(Tier tier, String signal) {}
        Map<Group, List<StoredFile>> groups =
                new TreeMap<>(Comparator.comparing(Group::tier).thenComparing(Group::signal));
        for (StoredFile file : files) {
            groups.computeIfAbsent(new Group(file.tier(), name(file)), key -> new ArrayList<>())
                    .add(file);
        }
        return new StoreReport(
                List.of("tier", "signal", "files", "bytes", "first day", "last day"),
                groups.values().stream().map(StoreReport::sum).toList());
    }

    private static List<Object> sum(List<StoredFile> group) {
        StoredFile first = group.get(0);
        StoredFile last = group.get(group.size() - 1);
        return List.of(
                lower(first.tier()),
                name(first),
                group.size(),
                group.stream().mapToLong(StoredFile::bytes).sum(),
                first.day().toString(),
                last.day().toString());
    }

    private static String name(StoredFile file) {
        return file.signal().map(Signal::table).orElse("all");
    }

    static StoreReport deletions(List<PlannedDeletion> files) {
        return new StoreReport(
                List.of("tier", "file", "bytes", "reason"),
                files.stream()
                        .map(file -> List.<Object>of(lower(file.tier()), file.file(), file.bytes(), file.reason()))
                        .toList());
    }

    static StoreReport receipt(TenantPurge.Receipt receipt) {
        return new StoreReport(
                List.of("tenant", "signal", "file", "rows deleted", "rows cleared", "rows kept", "reason"),
                receipt.lines().stream()
                        .map(line -> List.<Object>of(
                                receipt.tenantId(),
                                line.kind(),
                                line.file(),
                                line.deleted(),
                                line.cleared(),
                                line.kept(),
                                line.reason()))
                        .toList());
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A list of objects. */
    String json() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (List<Object> row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            IntStream.range(0, columns.size())
                    .forEach(i -> object.put(columns.get(i).replace(' ', '_'), row.get(i)));
            objects.add(object);
        }
        return ApiJson.ascii(objects) + "\n";
    }

    /** Columns as wide as what is in them; numbers to the right. */
    String table() {
        if (rows.isEmpty()) {
            return "nothing\n";
        }
        List<List<Object>> lines = new ArrayList<>();
        lines.add(List.copyOf(columns));
        lines.addAll(rows);
        int[] widths = IntStream.range(0, columns.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> line.get(column).toString().length())
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream().map(line -> line(line, widths)).collect(Collectors.joining("\n", "", "\n"));
    }

    private String line(List<Object> line, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> cell(line.get(column), rows.get(0).get(column) instanceof Number, widths[column]))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    private static String cell(Object value, boolean number, int width) {
        String space = " ".repeat(width - value.toString().length());
        return number ? space + value : value + space;
    }
}
