package io.vitrine.loadtest.workload;

import java.util.SplittableRandom;

/** Independent random streams of one seed. SplittableRandom's sequence is specified, so a seed gives the same plan on every Java version. */
final class Streams {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Streams() {}

    /** The stream of one purpose and one index: what is drawn for a request does not depend on how many others there are. */
    static SplittableRandom of(long seed, Purpose purpose, long index) {
        return new SplittableRandom(mix(mix(seed, purpose.number), index));
    }

    /** A seed made of two; the finalizer of MurmurHash3 as SplittableRandom uses it. */
    static long mix(long seed, long value) {
        long mixed = seed + GOLDEN_GAMMA * (value + 1);
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** A standard normal variate by the polar method. StrictMath gives the same bits on every machine. */
    static double gaussian(SplittableRandom random) {
        while (true) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            double square = x * x + y * y;
            if (square > 0 && square < 1) {
                return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }

    /** What randomness is used for; the numbers are part of every plan. */
    enum Purpose {
        ARRIVALS(1),
        REQUEST(2),
        PROMPT(3),
        PREFIX(4);

        private final long number;

        Purpose(long number) {
            this.number = number;
        }
    }
}
