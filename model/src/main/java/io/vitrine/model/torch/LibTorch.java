package io.vitrine.model.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.NativeResource;

/** The native library, set up once for the process. */
final class LibTorch {

    static final String ENGINE = "PyTorch";

    private static final String MEND = """
            Put a CUDA build of torch 2.7.1 on this machine and set PYTORCH_LIBRARY_PATH to its lib folder, \
            PYTORCH_FLAVOR=cu128 and PYTORCH_VERSION=2.7.1; without PYTORCH_LIBRARY_PATH the CPU jar that comes along is \
            used, whatever PYTORCH_FLAVOR says. Or set engine.device to cpu. See model/README.md, "On a GPU\"""";

    static {
        // DJL reports its use to its makers and looks for libraries to download, unless told otherwise.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
    }

    private LibTorch() {}

    /**
     * Loads the library. {@code threads} work on one operator; the number is the process's.
     *
     * @throws DeviceUnavailableException as {@link #require} does
     */
    static void start(TorchDevice device, int threads) {
        require(device);
        Engine.getEngine(ENGINE);
        JniUtils.setNumThreads(threads);
    }

    /**
     * Makes sure that the library can put a tensor on the device; the processor always takes one.
     *
     * @throws DeviceUnavailableException if it is a GPU, and the library has no CUDA or the GPU is not there
     */
    static void require(TorchDevice device) {
        if (device.isCuda()) {
            require(device, LibTorch::hasCapability, LibTorch::putTensorOn);
        }
    }

    /**
     * @param hasCapability whether the library, loaded now if it is not yet, has what {@link StandardCapabilities} names
     * @param putTensor puts a tensor on a device, or throws
     */
    static void require(TorchDevice device, Predicate<String> hasCapability, Consumer<Device> putTensor) {
        boolean hasCuda;
        try {
            hasCuda = hasCapability.test(StandardCapabilities.CUDA);
        } catch (RuntimeException | LinkageError e) { // a library is named and is not what DJL can load
            throw new DeviceUnavailableException(
                    "the model is to run on " + device + " and libtorch does not load: " + firstLine(root(e)) + ". "
                            + MEND,
                    e);
        }
        if (!hasCuda) {
            throw new DeviceUnavailableException("the model is to run on " + device
                    + " and this libtorch has no CUDA, or CUDA sees no GPU. " + MEND);
        }
        try {
            putTensor.accept(device.toDjl());
        } catch (RuntimeException e) {
            throw new DeviceUnavailableException(
                    "the model is to run on " + device + " and no tensor can be put there: " + firstLine(e), e);
        }
    }

    static boolean hasCapability(String name) {
        return Engine.getEngine(ENGINE).hasCapability(name);
    }

    private static void putTensorOn(Device device) {
        try (NDManager manager = NDManager.newBaseManager(device, ENGINE)) {
            manager.zeros(new Shape(1), DataType.FLOAT32);
        }
    }

    /** DJL says only that it failed; the linker below it says which library it misses. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** libtorch appends its stack. */
    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
    }

    /**
     * Does work on a thread that ends with it, and waits for its end; an interrupt of the caller is passed on to it. OpenMP keeps a team of workers for every
     * thread that has called an operator; while there are more workers than processors it lets none of them spin for the next
     * operator, and putting them to sleep and waking them made a decode step two and a half times as long. So the engine's
     * thread must be the only one that lives on.
     */
    static <T> T onThreadOfItsOwn(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = daemon(task);
        thread.start();
        boolean interrupted = join(thread, thread::interrupt);
        try {
            return result(task);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Does works that share nothing on threads that end with them, for the reason above, and hands on what they gave, in order, on the
     * calling thread. An operator has one thread meanwhile. The first failure ends it all.
     *
     * @param threads that share the works, and that an operator has afterwards
     * @param works begun from the last, so the largest had better be there
     * @param use takes over what it is given
     */
    static <T extends NativeResource<?>> void onThreadsOfTheirOwn(
            int threads, List<Callable<T>> works, Consumer<T> use) {
        List<Thread> started = Collections.synchronizedList(new ArrayList<>());
        ExecutorService pool = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = daemon(work);
            started.add(thread);
            return thread;
        });
        JniUtils.setNumThreads(1);
        Deque<Future<T>> given = new ArrayDeque<>();
        try {
            for (int index = works.size() - 1; index >= 0; index--) {
                given.addFirst(pool.submit(works.get(index)));
            }
            while (!given.isEmpty()) {
                use.accept(result(given.remove()));
            }
        } finally {
            pool.shutdownNow();
            started.forEach(thread -> join(thread, () -> {}));
            given.stream()
                    .filter(Future::isDone) // the others were not begun
                    .filter(LibTorch::succeeded)
                    .map(LibTorch::result)
                    .forEach(NativeResource::close);
            JniUtils.setNumThreads(threads);
        }
    }

    private static boolean succeeded(Future<?> ended) {
        try {
            result(ended);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "vitrine-model-load");
        thread.setDaemon(true);
        return thread;
    }

    private static <T> T result(Future<T> work) {
        try {
            return work.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw cancelled();
        }
    }

    /** @throws CancellationException if the thread was interrupted, which stays so */
    static void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled();
        }
    }

    private static CancellationException cancelled() {
        return new CancellationException("the loading of the model was interrupted");
    }

    /** Waits for the end of {@code thread} in any case; gives whether there was an interrupt, which {@code interrupted} handles. */
    private static boolean join(Thread thread, Runnable interrupted) {
        boolean any = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                any = true;
                interrupted.run();
            }
        }
        return any;
    }
}
