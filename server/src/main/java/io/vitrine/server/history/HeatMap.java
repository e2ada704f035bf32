package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import io.vitrine.observability.Outcome;
import io.vitrine.server.search.SearchKey;
import io.vitrine.store.telemetry.TimeRange;

/**
 * Requests by the time they ended and how long something of theirs took, on a logarithmic scale.
 *
 * @param columnMs width of a column
 * @param rows from short to long, without gaps
 * @param cells those with requests
 */
public record HeatMap(
        String from,
        String to,
        String metric,
        double columnMs,
        int columns,
        List<Row> rows,
        List<Cell> cells,
        long total,
        int scanned,
        boolean complete,
        List<String> damagedFiles) {

    static final int ROWS_PER_DECADE = 4;
    private static final int MOST_EXEMPLARS = 5;
    /** 10 µs and 28 hours: what lies beyond is in the first row or the last. */
    private static final int LOWEST = -2 * ROWS_PER_DECADE;

    private static final int HIGHEST = 8 * ROWS_PER_DECADE;

    /** From included, to not. */
    public record Row(double fromMs, double toMs) {}

    /**
     * The requests of one column and row.
     *
     * @param errors those that failed or timed out
     * @param exemplars ids of some, the latest first
     */
    public record Cell(int column, int row, int count, int errors, List<String> exemplars) {}

    static final class Builder {

        private final TimeRange range;
        private final int columns;
        private final SearchKey metric;
        private final TreeMap<Integer, Box[]> boxes = new TreeMap<>();
        private long total;

        private static final class Box {
            private int count;
            private int errors;
            private final List<String> exemplars = new ArrayList<>(MOST_EXEMPLARS);
        }

        Builder(TimeRange range, int columns, SearchKey metric) {
            this.range = range;
            this.columns = columns;
            this.metric = metric;
        }

        boolean add(LoggedRow request) {
            request.number(metric).ifPresent(millis -> add(request, millis));
            return true;
        }

        private void add(LoggedRow request, double millis) {
            Box[] row = boxes.computeIfAbsent(rowOf(millis), index -> new Box[columns]);
            int column = column(request.row().atEpochNanos());
            if (row[column] == null) {
                row[column] = new Box();
            }
            Box box = row[column];
            box.count++;
            total++;
            String outcome = request.text(SearchKey.OUTCOME).orElse("");
            if (outcome.equals(Outcome.FAILED.label()) || outcome.equals(Outcome.TIMED_OUT.label())) {
                box.errors++;
            }
            if (box.exemplars.size() < MOST_EXEMPLARS) {
                request.text(SearchKey.ID).ifPresent(box.exemplars::add);
            }
        }

        private int column(long atEpochNanos) {
            double part = (double) (atEpochNanos - range.fromEpochNanos()) / Math.max(1, width());
            return Math.max(0, Math.min(columns - 1, (int) (part * columns)));
        }

        private long width() {
            return range.toEpochNanos() - range.fromEpochNanos();
        }

        HeatMap build(LogScan.Outcome scan) {
            List<Row> rows = new ArrayList<>();
            List<Cell> cells = new ArrayList<>();
            int first = boxes.isEmpty() ? 0 : boxes.firstKey();
            int last = boxes.isEmpty() ? -1 : boxes.lastKey();
            for (int index = first; index <= last; index++) {
                rows.add(new Row(lowerMs(index), lowerMs(index + 1)));
            }
            boxes.forEach((index, row) -> {
                for (int column = 0; column < columns; column++) {
                    Box box = row[column];
                    if (box != null) {
                        cells.add(new Cell(column, index - first, box.count, box.errors, List.copyOf(box.exemplars)));
                    }
                }
            });
            return new HeatMap(
                    Moments.text(range.fromEpochNanos()),
                    Moments.text(range.toEpochNanos()),
                    metric.label(),
                    Moments.millis(width()) / columns,
                    columns,
                    rows,
                    cells,
                    total,
                    scan.scanned(),
                    scan.complete(),
                    scan.damaged());
        }
    }

    private static int rowOf(double millis) {
        if (millis <= lowerMs(LOWEST)) {
            return LOWEST;
        }
        int index = (int) Math.floor(Math.log10(millis) * ROWS_PER_DECADE);
        // The logarithm of a bound may be rounded down.
        return Math.min(HIGHEST, millis >= lowerMs(index + 1) ? index + 1 : index);
    }

    private static double lowerMs(int row) {
        double exact = Math.pow(10, (double) row / ROWS_PER_DECADE);
        double digits = Math.pow(10, Math.floor(Math.log10(exact)) - 2);
        return Math.round(exact / digits) * digits;
    }
}
