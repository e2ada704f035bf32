package io.vitrine.gpu;

import java.time.Duration;
import java.util.List;

/**
 * Is told what happens to the GPUs, one thing at a time, on whichever of the probe's threads saw it. Quick, takes no lock, does no I/O,
 * never throws (a guard counts one that does), and never asks the driver: the probe waits while it runs.
 *
 * <pre>
 * snapshotTaken … snapshotTaken … collectorUnresponsive … collectorBack, snapshotTaken …
 *        eventArrived, then healthChanged if it changed anything
 * </pre>
 */
public interface GpuListener {

    /** Listens to nothing. */
    GpuListener NONE = new GpuListener() {};

    /** Tells each of them, in this order; one that throws keeps the news from those after it. */
    static GpuListener all(List<GpuListener> listeners) {
        return new GpuListeners(listeners);
    }

    /** A poll ended; also the answer that there is no GPU, and the last one, of the end. */
    default void snapshotTaken(GpuSnapshot snapshot) {}

    /** The driver reported something. */
    default void eventArrived(GpuEvent event) {}

    /** A GPU's state or the set of its reasons changed; at first sight of a GPU, from {@link GpuHealth#GOOD}. */
    default void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {}

    /** The driver does not answer; every GPU that was not failed is unknown now. */
    default void collectorUnresponsive(CollectorStatus status) {}

    /** It answers again, after so long. */
    default void collectorBack(Duration silence) {}
}
