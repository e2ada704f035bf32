package io.vitrine.loadtest.measure;

/** A share of trials with its 95 % interval by Wilson. */
public record Proportion(long successes, long trials) {

    private static final double Z = 1.959964;

    public Proportion {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException("successes must be from 0 to " + trials + ": " + successes);
        }
    }

    public double value() {
        return trials == 0 ? Double.NaN : (double) successes / trials;
    }

    public double low() {
        return Math.max(0, centre() - halfWidth());
    }

    public double high() {
        return Math.min(1, centre() + halfWidth());
    }

    private double centre() {
        return (value() + Z * Z / (2 * trials)) / (1 + Z * Z / trials);
    }

    private double halfWidth() {
        double p = value();
        return Z / (1 + Z * Z / trials) * Math.sqrt(p * (1 - p) / trials + Z * Z / (4.0 * trials * trials));
    }
}
