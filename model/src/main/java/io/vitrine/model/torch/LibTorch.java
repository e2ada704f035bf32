package io.vitrine.model.torch;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** The native library, set up once for the process. */
final class LibTorch {

    static {
        // DJL reports its use to its makers and looks for libraries to download, unless told otherwise.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
    }

    private LibTorch() {}

    static Device cpu() {
        return Device.cpu();
    }

    /** Loads the library. {@code threads} work on one operator; the number is the process's. */
    static void start(int threads) {
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
    }

    /**
     * Does work on a thread that ends with it, and waits for it, through interrupts too. OpenMP keeps a team of workers for every
     * thread that has called an operator; while there are more workers than processors it lets none of them spin for the next
     * operator, and putting them to sleep and waking them made a decode step two and a half times as long. So the engine's
     * thread must be the only one that lives on.
     */
    static <T> T onThreadOfItsOwn(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "vitrine-model-load");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = joinThroughInterrupts(thread);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("the task has ended, so nobody waits", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives whether there was one. */
    private static boolean joinThroughInterrupts(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
