package io.vitrine.observability.otlp;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Splits what is sent into batches that a collector takes: by default it refuses messages over 4 MiB.
 *
 * @param batches each within the limit, in order
 * @param tooLarge items that are over it alone
 */
public record Batches<T>(List<List<T>> batches, List<T> tooLarge) {

    /** Below the limit by what surrounds the items: resource, scopes and lengths. */
    public static final long MAX_BYTES = (4L << 20) - (256 << 10);

    public Batches {
        batches = List.copyOf(batches);
        tooLarge = List.copyOf(tooLarge);
    }

    /**
     * Splits {@code items}.
     *
     * @param bytes most that an item takes on the wire
     */
    public static <T> Batches<T> of(Collection<T> items, ToLongFunction<T> bytes) {
        List<List<T>> batches = new ArrayList<>();
        List<T> tooLarge = new ArrayList<>();
        List<T> batch = new ArrayList<>();
        long size = 0;
        for (T item : items) {
            long itemBytes = bytes.applyAsLong(item);
            if (itemBytes > MAX_BYTES) {
                tooLarge.add(item);
                continue;
            }
            if (size + itemBytes > MAX_BYTES) {
                batches.add(batch);
                batch = new ArrayList<>();
                size = 0;
            }
            batch.add(item);
            size += itemBytes;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return new Batches<>(batches, tooLarge);
    }
}
