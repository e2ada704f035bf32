package io.vitrine.loadtest.client;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vitrine.loadtest.measure.ClientHealth;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.workload.Plan;
import org.jspecify.annotations.Nullable;

/** Event loops that carry out plans against one server. */
public final class LoadRun implements AutoCloseable {

    /** So that all loops are ready when the first request is due. */
    private static final long START_DELAY_NANOS = 20_000_000;

    private final ScheduledThreadPoolExecutor pacer = VertxEventLoop.pacer();
    private final List<Lane> lanes = new ArrayList<>();
    private final RequestBodies bodies;

    /** A Vert.x of its own for each loop: one Vert.x gives a thread outside always the same one. */
    private record Lane(Vertx vertx, Context context, HttpTransport transport) {}

    public LoadRun(URI server, @Nullable String key, RequestBodies bodies, int loops) {
        if (loops < 1 || loops > 256) {
            throw new IllegalArgumentException("event loops must be from 1 to 256: " + loops);
        }
        this.bodies = bodies;
        for (int loop = 0; loop < loops; loop++) {
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
            Context context = vertx.getOrCreateContext();
            lanes.add(new Lane(vertx, context, new HttpTransport(vertx, server, bodies.path(), key)));
        }
    }

    /** Carries out a plan; the future completes when its last request has ended. */
    public CompletableFuture<RunLog> run(Plan plan, DriverOptions options, RunMonitor monitor) {
        long start = System.nanoTime() + START_DELAY_NANOS;
        int parts = lanes.size();
        List<CompletableFuture<RunLog>> logs = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            Plan own = plan.part(part, parts);
            if (own.pacing().size() > 0) {
                logs.add(run(lanes.get(part), own, part(options, part, parts), monitor, start));
            }
        }
        return CompletableFuture.allOf(logs.toArray(CompletableFuture[]::new))
                .thenApply(all ->
                        RunLog.merge(logs.stream().map(CompletableFuture::join).toList()));
    }

    private static DriverOptions part(DriverOptions options, int part, int parts) {
        return parts == 1
                ? options
                : new DriverOptions(
                        options.warmUpRequests() / parts,
                        options.warmUpNanos(),
                        Math.max(1, options.mostInFlight() / parts),
                        options.timeoutNanos(),
                        options.drainNanos(),
                        options.idPrefix() + part + "-");
    }

    private CompletableFuture<RunLog> run(Lane lane, Plan plan, DriverOptions options, RunMonitor monitor, long start) {
        CompletableFuture<RunLog> future = new CompletableFuture<>();
        lane.context().runOnContext(on -> {
            ProcessorTime time = new ProcessorTime();
            EventLoop loop = new VertxEventLoop(lane.context(), pacer);
            LoadDriver driver = new LoadDriver(
                    loop, lane.transport(), bodies, plan, options, monitor, log -> future.complete(time.addTo(log)));
            driver.start(start);
        });
        lane.context().exceptionHandler(future::completeExceptionally);
        return future;
    }

    /** Processor time of the loop's own thread since it was made. */
    private static final class ProcessorTime {

        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private final long startNanos = System.nanoTime();
        private final long startBusyNanos = busyNanos();

        private long busyNanos() {
            return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
        }

        private RunLog addTo(RunLog log) {
            double busy = (double) (busyNanos() - startBusyNanos) / Math.max(1, System.nanoTime() - startNanos);
            ClientHealth health = log.health();
            return new RunLog(
                    log.records(),
                    log.startNanos(),
                    log.endNanos(),
                    log.window(),
                    log.tokens(),
                    log.interChunk(),
                    log.interToken(),
                    new ClientHealth(health.loopDelay(), busy, health.meanInFlight(), health.samples()),
                    log.open(),
                    log.steady());
        }
    }

    @Override
    public void close() {
        pacer.shutdownNow();
        lanes.forEach(lane ->
                lane.vertx().close().toCompletionStage().toCompletableFuture().join());
    }
}
