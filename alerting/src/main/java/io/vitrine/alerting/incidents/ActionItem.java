package io.vitrine.alerting.incidents;

import java.time.LocalDate;

/** Work that keeps an incident from recurring. */
public record ActionItem(String text, String owner, LocalDate due, boolean done) {

    /** Longest text. */
    public static final int MAX_TEXT = 1_000;

    public ActionItem {
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("an action item needs a text of 1 to " + MAX_TEXT + " characters");
        }
        if (owner.isBlank() || owner.length() > TimelineEntry.MAX_AUTHOR) {
            throw new IllegalArgumentException(
                    "an action item needs an owner of 1 to " + TimelineEntry.MAX_AUTHOR + " characters");
        }
    }

    /** Whether it is still to be done after its due date. */
    public boolean isOverdue(LocalDate today) {
        return !done && due.isBefore(today);
    }

    ActionItem completed() {
        return new ActionItem(text, owner, due, true);
    }
}
