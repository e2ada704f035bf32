package io.vitrine.loadtest.client;

import java.util.PriorityQueue;

/** A loop whose time goes from one event to the next: runs of minutes take milliseconds, and every time is exact. */
final class VirtualTime implements EventLoop {

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long made;

    private record Event(long at, long order, Runnable task, boolean[] cancelled) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Timer runAt(long atNanos, Runnable task) {
        boolean[] cancelled = new boolean[1];
        events.add(new Event(Math.max(now, atNanos), made++, task, cancelled));
        return () -> cancelled[0] = true;
    }

    /** Until nothing is left to do. */
    void run() {
        while (!events.isEmpty()) {
            Event event = events.poll();
            if (!event.cancelled()[0]) {
                now = event.at();
                event.task().run();
            }
        }
    }
}
