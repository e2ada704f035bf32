package io.vitrine.tenants.quality;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import io.vitrine.tenants.SlaTargets;

/**
 * One tenant's requests of the last {@value #PARTS} parts of time, each part counted by itself and dropped when it is over.
 * Guarded by its own lock. Judged by the targets of the time at which a request ended.
 */
final class SlaWindow {

    static final int PARTS = 60;

    private final Part[] parts = new Part[PARTS];
    private long newest = Long.MIN_VALUE;

    SlaWindow() {
        Arrays.setAll(parts, i -> new Part());
    }

    /**
     * @param part which part of time it is: one more each time a part is over
     */
    synchronized void add(SlaTargets targets, ServedRequest request, long part) {
        // A clock that steps back adds to the newest part, rather than to one that was dropped.
        advance(part);
        Part now = parts[(int) Math.floorMod(newest, (long) PARTS)];
        now.requests++;
        now.available += request.available() ? 1 : 0;
        now.ttftMet += kept(targets.ttft(), request.ttft()) ? 1 : 0;
        now.endToEndMet += kept(targets.endToEnd(), request.endToEnd()) ? 1 : 0;
    }

    private static boolean kept(Optional<Duration> promised, Optional<Duration> taken) {
        return promised.isEmpty()
                || taken.filter(time -> time.compareTo(promised.get()) <= 0).isPresent();
    }

    synchronized SlaCompliance compliance(SlaTargets targets, long part) {
        advance(part);
        Part all = new Part();
        for (Part one : parts) {
            all.requests += one.requests;
            all.available += one.available;
            all.ttftMet += one.ttftMet;
            all.endToEndMet += one.endToEndMet;
        }
        return new SlaCompliance(
                targets,
                all.requests,
                share(all.available, all.requests),
                share(all.ttftMet, all.requests),
                share(all.endToEndMet, all.requests));
    }

    private static double share(long met, long requests) {
        return requests == 0 ? 1 : (double) met / requests;
    }

    synchronized boolean empty(long part) {
        advance(part);
        return Arrays.stream(parts).allMatch(one -> one.requests == 0);
    }

    private void advance(long part) {
        long steps = newest == Long.MIN_VALUE ? PARTS : Math.min(part - newest, PARTS);
        for (long i = 0; i < steps; i++) {
            parts[(int) Math.floorMod(part - i, (long) PARTS)] = new Part();
        }
        newest = Math.max(newest, part);
    }

    private static final class Part {
        private long requests;
        private long available;
        private long ttftMet;
        private long endToEndMet;
    }
}
