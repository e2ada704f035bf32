package io.vitrine.server;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import io.vitrine.gpu.GpuProbe;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.archive.StoreArchive;

/**
 * Stops the server when the process is told to end. An orderly end is a success: the exit code is then 0, where Java's own
 * would be 143 for SIGTERM.
 */
final class SignalStop {

    private final InferenceServer server;
    private final GpuProbe gpus;
    private final Telemetry telemetry;
    private final Optional<StoreArchive> archive;
    private final Thread hook = new Thread(this::stopAndHalt, "vitrine-stop");

    private SignalStop(InferenceServer server, GpuProbe gpus, Telemetry telemetry, Optional<StoreArchive> archive) {
        this.server = server;
        this.gpus = gpus;
        this.telemetry = telemetry;
        this.archive = archive;
    }

    static SignalStop arm(InferenceServer server, GpuProbe gpus, Telemetry telemetry, Optional<StoreArchive> archive) {
        SignalStop stop = new SignalStop(server, gpus, telemetry, archive);
        Runtime.getRuntime().addShutdownHook(stop.hook);
        return stop;
    }

    private void stopAndHalt() {
        int exitCode = 0;
        try {
            stop();
        } catch (RuntimeException e) {
            System.err.println("the server did not stop in order: " + e);
            exitCode = 1;
        }
        // Without a flush of standard output, on which a line may wait for ever: log lines are not buffered.
        // The only way to choose the exit code once the end has begun.
        Runtime.getRuntime().halt(exitCode);
    }

    private void stop() {
        server.stop();
        gpus.close();
        telemetry.close();
        archive.ifPresent(StoreArchive::close);
    }

    /** Stops now, for a failed start. If the process is being ended already, waits for that instead. */
    void disarmAndStop() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            await();
        }
        stop();
    }

    /** Waits for the end of the process. */
    void await() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
