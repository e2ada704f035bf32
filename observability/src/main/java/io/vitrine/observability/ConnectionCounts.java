package io.vitrine.observability;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.vitrine.observability.catalogue.ConnectionLoss;
import io.vitrine.observability.catalogue.HttpPort;

/** The connections of one port: how many there are and may be, and how many were closed to keep a limit. Any thread. */
public final class ConnectionCounts {

    private final HttpPort port;
    private final int limit;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger heads = new AtomicInteger();
    private final Map<ConnectionLoss, LongAdder> lost = new EnumMap<>(ConnectionLoss.class);

    /** @param limit most at once */
    public ConnectionCounts(HttpPort port, int limit) {
        this.port = port;
        this.limit = limit;
        for (ConnectionLoss reason : ConnectionLoss.values()) {
            lost.put(reason, new LongAdder());
        }
    }

    /** One more; the number with it, which may be above the limit until another is closed. */
    public int opened() {
        return open.incrementAndGet();
    }

    public void closed() {
        open.decrementAndGet();
    }

    /** One more has sent a part of a head; the number with it. */
    public int headBegun() {
        return heads.incrementAndGet();
    }

    /** Its head is complete, or it was closed. */
    public void headEnded() {
        heads.decrementAndGet();
    }

    public void lost(ConnectionLoss reason) {
        counter(reason).increment();
    }

    public HttpPort port() {
        return port;
    }

    public int limit() {
        return limit;
    }

    public int openCount() {
        return open.get();
    }

    public int headCount() {
        return heads.get();
    }

    public long lostCount(ConnectionLoss reason) {
        return counter(reason).sum();
    }

    private LongAdder counter(ConnectionLoss reason) {
        // Every reason has one from the start.
        return Objects.requireNonNull(lost.get(reason));
    }
}
