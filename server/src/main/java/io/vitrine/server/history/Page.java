package io.vitrine.server.history;

import java.util.List;

import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.TimeRange;

/**
 * A part of what a question found. The next part is at {@code offset} plus the size of {@code data}, with the same {@code from} and
 * {@code to}.
 *
 * @param more whether there is a next part
 * @param damagedFiles names of files that could not be read: what they held is missing
 */
public record Page<T>(String from, String to, int offset, boolean more, List<T> data, List<String> damagedFiles) {

    public Page {
        data = List.copyOf(data);
        damagedFiles = List.copyOf(damagedFiles);
    }

    /** From an answer that was asked for one row more than the page has, from the first row on. */
    static <T> Page<T> of(Answer<T> answer, TimeRange range, PageSize size) {
        List<T> rows = answer.rows();
        int from = Math.min(size.offset(), rows.size());
        int to = Math.min(size.offset() + size.limit(), rows.size());
        return new Page<>(
                Moments.text(range.fromEpochNanos()),
                Moments.text(range.toEpochNanos()),
                size.offset(),
                rows.size() > to,
                rows.subList(from, to),
                answer.setAside());
    }
}
