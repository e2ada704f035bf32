package io.vitrine.observability.tracing;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import io.opentelemetry.api.common.Attributes;
import io.vitrine.observability.catalogue.SpanAttributes;
import io.vitrine.observability.catalogue.SpanEvent;

/**
 * The latest pauses of the garbage collector, as the JVM tells them a moment later, to the millisecond. Collectors that run
 * beside the program tell their cycles too; those stop nobody and are left out. Any thread.
 */
final class GcPauses implements AutoCloseable {

    private static final int KEPT = 128;

    private final Deque<Interruption> pauses = new ArrayDeque<>();
    private final NotificationListener listener = (notification, handback) -> notified(notification);
    private final long jvmStartMillis = ManagementFactory.getRuntimeMXBean().getStartTime();

    GcPauses() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (stopsTheWorld(collector.getName()) && collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(listener, null, null);
            }
        }
    }

    private static boolean stopsTheWorld(String collector) {
        return !collector.contains("Cycles") && !collector.contains("Concurrent");
    }

    private void notified(Notification notification) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)
                && notification.getUserData() instanceof CompositeData data) {
            GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo.from(data);
            GcInfo gc = info.getGcInfo();
            paused(jvmStartMillis + gc.getStartTime(), gc.getDuration(), info.getGcName(), info.getGcAction());
        }
    }

    synchronized void paused(long startEpochMillis, long millis, String collector, String action) {
        if (pauses.size() == KEPT) {
            pauses.removeFirst();
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        pauses.addLast(new Interruption(
                SpanEvent.GC_PAUSE,
                TimeUnit.MILLISECONDS.toNanos(startEpochMillis),
                nanos,
                Attributes.of(
                        SpanAttributes.DURATION,
                        nanos,
                        SpanAttributes.GC_NAME,
                        collector,
                        SpanAttributes.GC_ACTION,
                        action)));
    }

    synchronized List<Interruption> overlapping(long fromEpochNanos, long toEpochNanos) {
        return pauses.stream()
                .filter(pause -> pause.overlaps(fromEpochNanos, toEpochNanos))
                .toList();
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                remove(emitter);
            }
        }
    }

    private void remove(NotificationEmitter emitter) {
        try {
            emitter.removeNotificationListener(listener);
        } catch (ListenerNotFoundException e) {
            // It was never added to this one.
        }
    }
}
