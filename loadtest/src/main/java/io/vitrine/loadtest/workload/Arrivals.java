package io.vitrine.loadtest.workload;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Arrival process of an open loop: gaps of mean 1 in operational time, which a {@link RateProfile} stretches to seconds. The gaps are never
 * rescaled to end at the last second: that would make the process a conditioned one, with too little variance.
 *
 * @param shape of the gamma distribution; 1 is Poisson, below 1 is burstier, above 1 is smoother
 */
public record Arrivals(Gaps process, double shape) {

    private static final double NANOS = 1e9;

    /** Distribution of the gaps. */
    public enum Gaps {
        CONSTANT,
        POISSON,
        GAMMA
    }

    public static final Arrivals CONSTANT = new Arrivals(Gaps.CONSTANT, 1);
    public static final Arrivals POISSON = new Arrivals(Gaps.POISSON, 1);

    public Arrivals {
        if (!(shape >= 0.01 && shape <= 1000)) {
            throw new IllegalArgumentException("the shape of gamma arrivals must be from 0.01 to 1000: " + shape);
        }
    }

    /**
     * Intended times from the start of the run, ascending.
     *
     * @param most arrivals at most; the profile's end ends them too
     */
    public long[] schedule(RateProfile profile, long seed, int most) {
        SplittableRandom random = Streams.of(seed, Streams.Purpose.ARRIVALS, 0);
        double total = profile.expectedArrivals();
        LongStream.Builder times = LongStream.builder();
        // Evenly spaced arrivals begin at 0; random ones with a gap, as the process has no arrival of its own at 0.
        double operational = process == Gaps.CONSTANT ? 0 : gap(random);
        for (int count = 0; count < most && operational < total; count++) {
            times.add(Math.round(profile.secondsAt(operational) * NANOS));
            // Multiplied, not summed, so that a constant rate does not drift by rounding.
            operational = process == Gaps.CONSTANT ? count + 1 : operational + gap(random);
        }
        return times.build().toArray();
    }

    private double gap(SplittableRandom random) {
        return switch (process) {
            case CONSTANT -> 1;
            case POISSON -> -StrictMath.log(1 - random.nextDouble());
            case GAMMA -> gamma(random, shape) / shape;
        };
    }

    /** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; scale 1. */
    private static double gamma(SplittableRandom random, double shape) {
        if (shape < 1) {
            return gamma(random, shape + 1) * StrictMath.pow(1 - random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = Streams.gaussian(random);
            double v = 1 + c * x;
            if (v <= 0) {
                continue;
            }
            v = v * v * v;
            double u = 1 - random.nextDouble();
            if (StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v;
            }
        }
    }
}
