package io.vitrine.store.telemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vitrine.store.sql.Sql.RowMapper;
import org.jspecify.annotations.Nullable;

/**
 * A question to every file of one signal in a stretch of time: conditions that both engines understand, an order and a limit.
 *
 * <p>Each file answers for itself with at most {@code limit} rows, and the answers are merged, so that a damaged file costs its own rows
 * and nothing else.
 */
final class Question<T> {
    private static final int WORD_LIMIT = 32;
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private final Signal signal;
    private final TimeRange range;
    private final RowMapper<T> mapper;
    private final List<String> shared = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private final String order;
    private final Comparator<T> comparator;
    private int limit = 1;

    /**
     * @param order columns to order by, in SQL
     * @param comparator the same order in Java, to merge what the files answer
     */
    Question(Signal signal, TimeRange range, RowMapper<T> mapper, String order, Comparator<T> comparator) {
        this.signal = signal;
        this.range = range;
        this.mapper = mapper;
        this.order = order;
        this.comparator = comparator;
        where("at_nanos >= ?", range.fromEpochNanos());
        where("at_nanos < ?", range.toEpochNanos());
    }

    Question<T> where(String condition) {
        shared.add(condition);
        return this;
    }

    Question<T> where(String condition, @Nullable Object parameter) {
        if (parameter != null) {
            shared.add(condition);
            parameters.add(parameter);
        }
        return this;
    }

    /** A condition with several parameters. */
    Question<T> whereIn(String condition, List<String> values) {
        shared.add(condition);
        parameters.addAll(values);
        return this;
    }

    /** Every word of the text must be in the message, as a word, in any case; what is no letter and no digit parts words. */
    Question<T> messageHas(@Nullable String text) {
        if (text == null) {
            return this;
        }
        Matcher found = WORD.matcher(text);
        while (found.find()) {
            words.add(found.group());
        }
        if (words.isEmpty() || words.size() > WORD_LIMIT) {
            throw new IllegalArgumentException(
                    "text must have from 1 to " + WORD_LIMIT + " words, it has " + words.size() + ": " + text);
        }
        return this;
    }

    Question<T> limitedTo(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("limit must be >= 1: " + rows);
        }
        this.limit = rows;
        return this;
    }

    Signal signal() {
        return signal;
    }

    TimeRange range() {
        return range;
    }

    RowMapper<T> mapper() {
        return mapper;
    }

    /** The question to a day file: the index of words finds the messages. */
    String sqlite(String source) {
        String match = words.isEmpty() ? "" : " AND id IN (SELECT rowid FROM logs_text WHERE logs_text MATCH ?)";
        return select(source, match);
    }

    Object[] sqliteParameters() {
        List<Object> all = new ArrayList<>(parameters);
        if (!words.isEmpty()) {
            all.add("\"" + String.join("\" \"", words) + "\"");
        }
        return all.toArray();
    }

    /** The question to a Parquet file, where each message is looked at. */
    String duckDb(String source) {
        return select(source, " AND regexp_matches(message, ?)".repeat(words.size()));
    }

    Object[] duckDbParameters() {
        List<Object> all = new ArrayList<>(parameters);
        words.forEach(word -> all.add("(?i)(^|[^\\pL\\pN])" + word + "($|[^\\pL\\pN])"));
        return all.toArray();
    }

    List<T> merge(List<T> rows) {
        return rows.stream().sorted(comparator).limit(limit).toList();
    }

    private String select(String source, String more) {
        return "SELECT " + signal.columnNames() + " FROM " + source + " WHERE " + String.join(" AND ", shared) + more
                + " ORDER BY " + order + " LIMIT " + limit;
    }
}
