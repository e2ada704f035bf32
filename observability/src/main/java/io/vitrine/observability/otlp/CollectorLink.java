package io.vitrine.observability.otlp;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.common.ComponentLoader;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.catalogue.Signal;
import org.jspecify.annotations.Nullable;

/**
 * How it goes with one collector for one signal: counts batches and what was lost, reports when the collector is lost and when it is
 * back, and the first time that it rejects part of a batch. Nothing is logged for a batch: one that is down would be in every line. Any
 * thread.
 */
public final class CollectorLink {

    private static final String NO_ANSWER = "no answer within the time-out";
    private static final int MAX_REASON = 300;

    private final Clock clock = Clock.systemUTC();
    private final Signal signal;
    private final String address;
    private final CollectorEvents events;
    private final ExportCounts counts = new ExportCounts();
    private final AtomicLong rejectedItems = new AtomicLong();
    private volatile String rejection = "";
    private volatile String reason = NO_ANSWER;
    private boolean failing;
    private boolean reported;
    private boolean rejectionReported;
    private Instant failingSince = Instant.EPOCH;
    private long lostItems;

    public CollectorLink(Signal signal, URI endpoint, CollectorEvents events) {
        this.signal = signal;
        // Without credentials, which an address may have.
        this.address = endpoint.getScheme() + "://" + endpoint.getHost()
                + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
        this.events = events;
    }

    public ExportCounts counts() {
        return counts;
    }

    /** For the builder of the exporter that sends to it. */
    public ComponentLoader senders() {
        return new WatchedSenders(this);
    }

    /** It has taken a batch, perhaps not all of it. */
    void answered(byte[] answer) {
        PartialSuccess part = PartialSuccess.parse(answer);
        if (part.rejected() > 0) {
            rejectedItems.addAndGet(part.rejected());
            rejection = part.message();
        }
    }

    void refused(String status) {
        reason = status;
    }

    void unreached(Throwable error) {
        reason = error.toString();
    }

    /**
     * A batch of {@code items} is over.
     *
     * @return how many of them the collector has
     */
    public synchronized long ended(boolean taken, long items) {
        if (!taken) {
            counts.failed(items);
            lost(items);
            return 0;
        }
        recovered();
        long rejected = Math.min(items, rejectedItems.getAndSet(0));
        if (rejected == 0) {
            counts.succeeded();
        } else {
            counts.partlySucceeded(rejected);
            reportRejection(rejected);
        }
        return items - rejected;
    }

    private void lost(long items) {
        if (!failing) {
            failing = true;
            failingSince = clock.instant();
            lostItems = 0;
        }
        lostItems += items;
        LifecycleListener listener = events.listenerOrNull();
        if (!reported && listener != null) {
            reported = true;
            listener.collectorFailed(signal, address, cut(reason));
        }
        reason = NO_ANSWER;
    }

    private void recovered() {
        LifecycleListener listener = events.listenerOrNull();
        if (failing && reported && listener != null) {
            Duration after = Duration.between(failingSince, clock.instant());
            listener.collectorRecovered(signal, address, after, lostItems);
        }
        failing = false;
        reported = false;
    }

    private void reportRejection(long rejected) {
        LifecycleListener listener = events.listenerOrNull();
        if (!rejectionReported && listener != null) {
            rejectionReported = true;
            listener.collectorRejected(signal, address, rejected, cut(rejection));
        }
    }

    private static String cut(@Nullable String text) {
        String line = String.valueOf(text).replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON);
    }
}
