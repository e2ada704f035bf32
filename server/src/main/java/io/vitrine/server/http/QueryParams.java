package io.vitrine.server.http;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.vertx.core.MultiMap;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.history.PageSize;
import io.vitrine.store.telemetry.Fact;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a question, read one after the other; what is not read in the end is refused by name, and so is a value that breaks
 * its rule.
 */
final class QueryParams {

    private static final int MAX_LENGTH = 256;
    private static final int MAX_LIMIT = 1_000;
    private static final int MAX_OFFSET = 10_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LABELS = 16;
    private static final Duration DEFAULT_RANGE = Duration.ofHours(1);

    private final MultiMap given;
    private final Set<String> read = new HashSet<>();

    QueryParams(MultiMap given) {
        this.given = given;
        for (String name : given.names()) {
            if (given.getAll(name).size() > 1) {
                throw ApiException.invalid(name, name + " is given more than once");
            }
        }
    }

    @Nullable
    String text(String name) {
        read.add(name);
        String value = given.get(name);
        if (value == null) {
            return null;
        }
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw ApiException.invalid(
                    name, name + " must have from 1 to " + MAX_LENGTH + " characters, it has " + value.length());
        }
        return value;
    }

    String required(String name) {
        return Optional.ofNullable(text(name))
                .orElseThrow(() -> ApiException.invalid(name, "missing required parameter: " + name));
    }

    /** One of some values. */
    @Nullable
    String oneOf(String name, List<String> values) {
        String value = text(name);
        if (value != null && !values.contains(value)) {
            throw ApiException.invalid(name, name + " must be one of " + String.join(", ", values) + ": " + value);
        }
        return value;
    }

    /** A text that may be long, or blank; empty without one. */
    String longText(String name, int most) {
        read.add(name);
        String value = given.get(name);
        if (value != null && value.length() > most) {
            throw ApiException.invalid(name, name + " may have " + most + " characters, it has " + value.length());
        }
        return value == null ? "" : value;
    }

    /** A whole number within limits. */
    int count(String name, int usual, int least, int most) {
        return (int) number(name, usual, least, most);
    }

    /** A time, or null. */
    @Nullable
    Instant instantOrNull(String name) {
        return text(name) == null ? null : instant(name, Instant.EPOCH);
    }

    /** A day of UTC. */
    LocalDate day(String name, LocalDate usual) {
        String value = text(name);
        if (value == null) {
            return usual;
        }
        try {
            LocalDate day = LocalDate.parse(value);
            if (day.getYear() >= 1970 && day.getYear() <= 2200) {
                return day;
            }
        } catch (DateTimeParseException e) {
            // Refused below, as any other text that is no day.
        }
        throw ApiException.invalid(name, name + " must be a day such as 2026-11-24: " + value);
    }

    /** A number of nanoseconds, or null. */
    @Nullable
    Long nanos(String name) {
        return text(name) == null ? null : (Long) number(name, 0, 0, Long.MAX_VALUE / 2);
    }

    /** From {@code from} to {@code to} of other names, within a range; all of it by default. */
    TimeRange rangeWithin(TimeRange all, String fromName, String toName) {
        Instant from = instant(fromName, all.from());
        Instant to = instant(toName, all.to());
        if (from.isAfter(to)) {
            throw ApiException.invalid(fromName, fromName + " must not be after " + toName + ", " + to + ": " + from);
        }
        return TimeRange.of(from, to);
    }

    private long number(String name, long usual, long least, long most) {
        String value = text(name);
        if (value == null) {
            return usual;
        }
        String rule = name + " must be a whole number between " + least + " and " + most + ": " + value;
        // Long.parseLong also takes a plus and the digits of other scripts.
        long number = value.matches("-?[0-9]{1,18}") ? Long.parseLong(value) : Long.MAX_VALUE;
        if (number < least || number > most) {
            throw ApiException.invalid(name, rule);
        }
        return number;
    }

    long minDurationNanos() {
        return Duration.ofMillis(
                        number("min_duration_ms", 0, 0, Duration.ofDays(1).toMillis()))
                .toNanos();
    }

    PageSize page() {
        return new PageSize(
                (int) number("offset", 0, 0, MAX_OFFSET), (int) number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
    }

    /** The points of a series, of which there are many more than of other things. */
    PageSize points() {
        return new PageSize((int) number("offset", 0, 0, 1_000_000), (int) number("limit", 10_000, 1, 100_000));
    }

    /** From {@code from} to {@code to}; by default the last hour. */
    TimeRange range(Instant now) {
        Instant to = instant("to", now);
        Instant from = instant("from", to.minus(DEFAULT_RANGE));
        if (from.isAfter(to)) {
            throw ApiException.invalid("from", "from must not be after to, " + to + ": " + from);
        }
        return TimeRange.of(from, to);
    }

    private Instant instant(String name, Instant usual) {
        String value = text(name);
        if (value == null) {
            return usual;
        }
        String rule = name + " must be a time such as 2026-11-24T12:00:00Z, from 1970 to 2200, or seconds since 1970: "
                + value;
        try {
            Instant time =
                    value.matches("\\d{1,10}") ? Instant.ofEpochSecond(Long.parseLong(value)) : Instant.parse(value);
            if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("2200-01-01T00:00:00Z"))) {
                throw ApiException.invalid(name, rule);
            }
            return time;
        } catch (DateTimeParseException e) {
            throw ApiException.invalid(name, rule);
        }
    }

    /** All that was not read yet, as labels of a meter. */
    List<Fact> labels() {
        List<Fact> labels = new ArrayList<>();
        for (String name : given.names()) {
            if (!read.contains(name)) {
                labels.add(new Fact(name, Optional.ofNullable(text(name)).orElse("")));
            }
        }
        if (labels.size() > MAX_LABELS) {
            throw ApiException.invalid(
                    labels.get(0).key(), "there may be " + MAX_LABELS + " labels, not " + labels.size());
        }
        return labels;
    }

    /** Refuses what nobody has read. */
    void done() {
        for (String name : given.names()) {
            if (!read.contains(name)) {
                throw ApiException.invalid(
                        name, "there is no parameter " + name + " here; there are " + String.join(", ", sorted()));
            }
        }
    }

    private List<String> sorted() {
        return read.stream().sorted().toList();
    }
}
