package io.vitrine.store.telemetry;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file by what its name says.
 *
 * @param part 0 for a day's first; more when rows of a day came after it had been finished. {@link #LIVE} for the day file that is
 *     written
 */
record TierFile(Tier tier, LocalDate day, int part, Path path) {
    static final int LIVE = -1;

    private static final Pattern HOT = Pattern.compile("telemetry-(\\d{4}-\\d{2}-\\d{2})(?:\\.(\\d{1,6}))?\\.db");
    private static final Pattern PARQUET = Pattern.compile("date=(\\d{4}-\\d{2}-\\d{2})(?:\\.(\\d{1,6}))?\\.parquet");

    static String liveName(LocalDate day) {
        return "telemetry-" + day + ".db";
    }

    static String sealedName(LocalDate day, int part) {
        return "telemetry-" + day + "." + part + ".db";
    }

    static String parquetName(LocalDate day, int part) {
        return "date=" + day + (part == 0 ? "" : "." + part) + ".parquet";
    }

    /** What a file is, or empty for a file that is none of ours. */
    static Optional<TierFile> parse(Tier tier, Path path) {
        Matcher name =
                (tier == Tier.HOT ? HOT : PARQUET).matcher(path.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        Optional<LocalDate> day = day(name.group(1));
        int noNumber = tier == Tier.HOT ? LIVE : 0;
        int part = name.group(2) == null ? noNumber : Integer.parseInt(name.group(2));
        return day.map(date -> new TierFile(tier, date, part, path));
    }

    private static Optional<LocalDate> day(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException e) {
            // Digits in the right places, and no day of any calendar: not one of ours.
            return Optional.empty();
        }
    }

    boolean isLive() {
        return part == LIVE;
    }
}
