package io.vitrine.observability.logging;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.GpuEvent;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.HealthState;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;

/** Writes a line for what happens to a GPU, and none for readings. On the probe's threads, one call at a time. */
final class GpuLog implements GpuListener {

    private final EventLog log;
    private final RequestsOnGpu requests;
    private CollectorState state = CollectorState.STARTING;

    /** @param requests know who is on a GPU */
    GpuLog(EventLog log, RequestsOnGpu requests) {
        this.log = log;
        this.requests = requests;
    }

    /** A machine without GPU says so once. */
    @Override
    public void snapshotTaken(GpuSnapshot snapshot) {
        CollectorStatus status = snapshot.status();
        boolean news = status.state() != state && (status.state() != CollectorState.STOPPED || wasRead(state));
        state = status.state();
        if (news) {
            Level level = state == CollectorState.RUNNING || state.normalWithoutGpu() ? Level.INFO : Level.WARN;
            log.write(level, new EventMessage(EventName.GPU_COLLECTOR).set(LogField.MESSAGE, status.sentence()));
        }
    }

    /** The end of looking for GPUs that are not there is no news. */
    private static boolean wasRead(CollectorState before) {
        return before == CollectorState.RUNNING || before == CollectorState.UNRESPONSIVE;
    }

    @Override
    public void eventArrived(GpuEvent event) {
        EventMessage line = new EventMessage(EventName.GPU_EVENT)
                .set(LogField.GPU_UUID, event.gpu().uuid())
                .set(LogField.MESSAGE, event.detail().isEmpty() ? event.kind().words() : event.detail());
        event.xid().ifPresent(xid -> line.set(LogField.XID, xid.code()));
        log.write(Level.WARN, line, event.kind().name());
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        EventMessage line = new EventMessage(EventName.GPU_HEALTH_CHANGED)
                .set(LogField.GPU_UUID, gpu.uuid())
                .set(LogField.PREVIOUS_GPU_HEALTH, label(before.state()))
                .set(LogField.GPU_HEALTH, label(after.state()));
        if (!after.reasons().isEmpty()) {
            line.set(
                    LogField.GPU_REASONS,
                    after.reasons().stream().map(reason -> reason.detail()).collect(Collectors.joining("; ")));
        }
        String affected = requests.ids();
        if (!after.state().usable() && !affected.isEmpty()) {
            line.set(LogField.REQUEST_IDS, affected);
        }
        log.write(level(after.state()), line);
    }

    private static Level level(HealthState state) {
        return switch (state) {
            case OK -> Level.INFO;
            case DEGRADED -> Level.WARN;
            case UNKNOWN, FAILED -> Level.ERROR;
        };
    }

    private static String label(HealthState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void collectorUnresponsive(CollectorStatus status) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.GPU_DRIVER_UNRESPONSIVE).set(LogField.MESSAGE, status.sentence()));
    }

    @Override
    public void collectorBack(Duration silence) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.GPU_DRIVER_BACK).setMillis(LogField.DURATION_MS, silence.toNanos()));
    }
}
