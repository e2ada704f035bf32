package io.vitrine.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.config.ServerConfig;

/**
 * A model on its way into memory, on a thread of its own: that is most of a start, so it begins first, and ledger, store and ports
 * are opened beside it.
 */
final class ModelLoading implements AutoCloseable {

    private final NanoClock clock;
    private final long startNanos;
    private final CompletableFuture<LoadedModel> loaded = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Thread thread;

    private ModelLoading(ModelLoader loader, ServerConfig config, NanoClock clock) {
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.thread = new Thread(() -> load(loader, config), "vitrine-start");
    }

    static ModelLoading begin(ModelLoader loader, ServerConfig config, NanoClock clock) {
        ModelLoading loading = new ModelLoading(loader, config, clock);
        loading.thread.setDaemon(true);
        loading.thread.start();
        return loading;
    }

    private void load(ModelLoader loader, ServerConfig config) {
        try {
            LoadedModel model = loader.load(config);
            if (!loaded.complete(model)) {
                model.close();
            }
        } catch (Throwable e) { // goes to whoever waits
            loaded.completeExceptionally(e);
        }
    }

    /**
     * Waits for the model, which is then the caller's to close.
     *
     * @throws IOException as {@link ModelLoader#load} does; its unchecked exceptions come through as well
     * @throws CancellationException if {@link #close} came first
     */
    LoadedModel await() throws IOException, InterruptedException {
        LoadedModel model;
        try {
            model = loaded.get();
        } catch (ExecutionException e) {
            throw rethrown(e);
        }
        if (!taken.compareAndSet(false, true)) {
            throw new CancellationException();
        }
        return model;
    }

    private static IOException rethrown(ExecutionException failed) {
        Throwable failure = failed.getCause();
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return failure instanceof IOException e ? e : new IOException(failed);
    }

    /** Time since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(clock.nanoTime() - startNanos);
    }

    /** Gives up on a model that nobody has taken. Blocks until nothing of it runs: native code does not survive the process's end. */
    @Override
    public void close() {
        loaded.cancel(false);
        thread.interrupt(); // a download ends
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!loaded.isCompletedExceptionally() && taken.compareAndSet(false, true)) {
            loaded.join().close();
        }
    }
}
