package io.vitrine.gpu.advice;

/**
 * How busy the server on a GPU is.
 *
 * @param slots rows of the batch
 * @param busySlots those with a running sequence
 * @param queued requests that wait
 */
public record ServingLoad(int slots, int busySlots, int queued) {

    /** Refuses what cannot be. */
    public ServingLoad {
        if (slots < 1 || busySlots < 0 || busySlots > slots || queued < 0) {
            throw new IllegalArgumentException(
                    "no load: " + busySlots + " of " + slots + " slots, " + queued + " queued");
        }
    }
}
