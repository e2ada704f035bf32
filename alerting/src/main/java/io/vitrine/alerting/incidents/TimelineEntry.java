package io.vitrine.alerting.incidents;

/**
 * One line of an incident's timeline.
 *
 * @param atMillis since 1970
 * @param author a person, or {@code vitrine}
 */
public record TimelineEntry(long atMillis, Kind kind, String author, String text) {

    /** Subject of an entry. */
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

    /** Longest author. */
    public static final int MAX_AUTHOR = 200;

    public TimelineEntry {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("a timeline entry needs 1 to " + MAX_TEXT + " characters");
        }
        if (author.isBlank() || author.length() > MAX_AUTHOR) {
            throw new IllegalArgumentException(
                    "a timeline entry needs an author of 1 to " + MAX_AUTHOR + " characters");
        }
    }
}
