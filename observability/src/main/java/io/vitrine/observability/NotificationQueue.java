package io.vitrine.observability;

/** The queue of notifications, read at every scrape. Any thread; never waits. */
public interface NotificationQueue {

    long waitingCount();

    /** Age of the oldest waiting notification; 0 if none waits. */
    double oldestAgeSeconds();

    long deadCount();

    long droppedCount();

    long failingReceiverCount();
}
