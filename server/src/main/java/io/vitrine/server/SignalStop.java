package io.vitrine.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import com.sun.jna.Function;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.archive.StoreArchive;

/**
 * Stops the server when the process is told to end. An orderly end is a success: the exit code is then 0, where Java's own
 * would be 143 for SIGTERM. A stop that hangs is ended by a watchdog, {@value #LIMIT_SECONDS} seconds after the grace period at the latest.
 */
final class SignalStop {

    /** From the end of the grace period to that of the process. */
    static final int LIMIT_SECONDS = 5;

    /** Left for the last line and the end itself. */
    private static final Duration MARGIN = Duration.ofMillis(700);

    private static final Duration PROBE_LIMIT = Duration.ofMillis(500);
    private static final Duration TELEMETRY_LIMIT = Duration.ofSeconds(4);
    private static final Duration ARCHIVE_LIMIT = Duration.ofSeconds(2);

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
        watch();
        stop();
        if (server.phases().orderly()) {
            // The only way to choose the exit code once the end has begun.
            Runtime.getRuntime().halt(0);
        }
        endNow();
    }

    /**
     * Ends the process with code 1 and runs nothing more of it. {@link Runtime#halt} runs the destructors of native libraries,
     * and a step or a load that still computes in libtorch then crashes.
     */
    private static void endNow() {
        try {
            Function.getFunction("c", "_exit").invoke(new Object[] {1});
        } catch (RuntimeException | LinkageError e) { // no such function on this system
            Runtime.getRuntime().halt(1);
        }
    }

    /** Whatever hangs, in Java or in native code, the process ends. */
    private Thread watch() {
        Duration limit = server.shutdownGrace().plusSeconds(LIMIT_SECONDS).minus(MARGIN);
        Thread watchdog = new Thread(
                () -> {
                    try {
                        Thread.sleep(limit.toMillis());
                    } catch (InterruptedException e) {
                        return;
                    }
                    StopPhases.say("stop: " + server.phases().current() + " hangs; the process ends without it");
                    endNow();
                },
                "vitrine-stop-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        return watchdog;
    }

    private void stop() {
        StopPhases phases = server.phases();
        try {
            server.stop();
        } catch (RuntimeException | Error e) {
            StopPhases.say("stop: failed: " + e);
        }
        phases.run("the GPU probe", PROBE_LIMIT, gpus::close);
        phases.run("the export of telemetry", TELEMETRY_LIMIT, telemetry::close);
        archive.ifPresent(store -> phases.run("the store", ARCHIVE_LIMIT, store::close));
        // Without a flush of standard output, on which a line may wait for ever: log lines are not buffered.
    }

    /** Stops now, for a failed start. If the process is being ended already, waits for that instead. */
    void disarmAndStop() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            await();
        }
        Thread watchdog = watch();
        stop();
        watchdog.interrupt();
    }

    /** Waits for the end of the process. */
    void await() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
