package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Hands items from any thread to the one that owns the reader, in order, with one hop for all that came in the meantime.
 * What it holds is bounded by who adds: here, by the tokens of an answer.
 */
final class Mailbox<T> {

    private final Executor owner;
    private final Consumer<List<T>> reader;
    private final Queue<T> items = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean hopping = new AtomicBoolean();

    Mailbox(Executor owner, Consumer<List<T>> reader) {
        this.owner = owner;
        this.reader = reader;
    }

    void add(T item) {
        items.add(item);
        if (hopping.compareAndSet(false, true)) {
            owner.execute(this::deliver);
        }
    }

    private void deliver() {
        // Before reading: an item added from here on makes a hop of its own.
        hopping.set(false);
        List<T> batch = new ArrayList<>();
        for (T item = items.poll(); item != null; item = items.poll()) {
            batch.add(item);
        }
        if (!batch.isEmpty()) {
            reader.accept(batch);
        }
    }
}
