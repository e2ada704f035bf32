package io.vitrine.server.history;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vitrine.store.telemetry.LogRow;
import io.vitrine.store.telemetry.StepRow;

/** What is stored, as it comes. Called on threads of the archive; a follower is quick and never throws. */
public final class Tail {

    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    /** Sees rows before they are written. */
    public interface Follower {

        void logged(LogRow row);

        /** The steps of a tenth of a second; at least one. */
        void stepped(List<StepRow> rows);
    }

    public void follow(Follower follower) {
        followers.add(follower);
    }

    /** Passes a log event on. */
    public void logged(LogRow row) {
        followers.forEach(follower -> follower.logged(row));
    }

    /** Passes steps on. */
    public void stepped(List<StepRow> rows) {
        if (!rows.isEmpty()) {
            followers.forEach(follower -> follower.stepped(rows));
        }
    }

    public boolean isFollowed() {
        return !followers.isEmpty();
    }
}
