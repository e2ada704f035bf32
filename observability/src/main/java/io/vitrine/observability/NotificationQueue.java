package io.vitrine.observability;

/** The queue of notifications, read at every scrape. Any thread; never waits. */
public interface NotificationQueue {

    /** That of a server without receivers. */
    NotificationQueue EMPTY = new NotificationQueue() {};

    default long waitingCount() {
        return 0;
    }

    /** Age of the oldest waiting notification; 0 if none waits. */
    default double oldestAgeSeconds() {
        return 0;
    }

    default long deadCount() {
        return 0;
    }

    default long droppedCount() {
        return 0;
    }

    /** Receivers whose last attempts have all failed. */
    default long failingReceiverCount() {
        return 0;
    }
}
