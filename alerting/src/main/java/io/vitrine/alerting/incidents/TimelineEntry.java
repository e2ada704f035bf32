package io.vitrine.alerting.incidents;

/**
 * One line of an incident's timeline.
 *
 * @param atMillis since 1970
 * @param author a person, or {@code vitrine}
 */
public record TimelineEntry(long atMillis, Kind kind, String author, String text) {

    /** What the line is about. */
    public enum Kind {
        ALERT,
        TRANSITION,
        ACKNOWLEDGED,
        ASSIGNED,
        SEVERITY,
        NOTE,
        EVIDENCE,
        ROOT_CAUSE,
        ACTION_ITEM
    }

    /** Longest text. */
    public static final int MAX_TEXT = 10_000;

    public TimelineEntry {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("a timeline entry needs 1 to " + MAX_TEXT + " characters");
        }
        if (author.isBlank() || author.length() > 200) {
            throw new IllegalArgumentException("a timeline entry needs an author of at most 200 characters");
        }
    }
}
