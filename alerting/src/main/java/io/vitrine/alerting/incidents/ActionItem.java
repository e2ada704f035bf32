package io.vitrine.alerting.incidents;

import java.time.LocalDate;

/** What is to be done so that an incident does not come back. */
public record ActionItem(String text, String owner, LocalDate due, boolean done) {

    public ActionItem {
        if (text.isBlank() || owner.isBlank()) {
            throw new IllegalArgumentException("an action item needs a text and an owner");
        }
    }
}
