package io.vitrine.gpu;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is told, snapshots apart. Any thread. */
final class RecordingListener implements GpuListener {

    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<GpuSnapshot> snapshots = new CopyOnWriteArrayList<>();

    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        snapshots.add(snapshot);
    }

    @Override
    public void eventArrived(GpuEvent event) {
        heard.add("event " + event.kind()
                + event.xid().map(xid -> " " + xid.code()).orElse(""));
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        heard.add(gpu.index() + ": " + before.state() + " -> " + after.state());
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        heard.add("unresponsive");
    }

    @Override
    public void collectorBack(Duration silence) {
        heard.add("back after " + silence.toMillis() + " ms");
    }
}
