package io.vitrine.server.inference;

/**
 * The seed of each choice of a request: choice 0 has the request's own, so that it is the answer to the same request
 * with one choice; the others have seeds that no neighbouring request seed shares.
 */
final class ChoiceSeed {

    /** Of the SplitMix64 generator: odd, and its multiples are spread evenly over 64 bits. */
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private ChoiceSeed() {}

    static long of(long seed, int choice) {
        return choice == 0 ? seed : mix(seed + choice * GAMMA);
    }

    /** SplitMix64 (Steele, Lea, Flood 2014), with Stafford's variant 13 of the finaliser. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
