package io.vitrine.loadtest.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Requests per second over time: linear pieces, one after the other. */
public record RateProfile(List<Piece> pieces) {

    private static final double HIGHEST_RATE = 1_000_000;

    /** A stretch whose rate goes linearly from one value to another. */
    public record Piece(double seconds, double fromRate, double toRate) {

        public Piece {
            if (!(seconds > 0 && Double.isFinite(seconds))) {
                throw new IllegalArgumentException("a piece of a rate profile must last > 0 s: " + seconds);
            }
            requireRate(fromRate);
            requireRate(toRate);
            if (fromRate + toRate == 0) {
                throw new IllegalArgumentException("a rate profile must not stay at 0 requests per second");
            }
        }

        private static void requireRate(double rate) {
            if (!(rate >= 0 && rate <= HIGHEST_RATE)) {
                throw new IllegalArgumentException("a rate must be from 0 to " + HIGHEST_RATE + " requests/s: " + rate);
            }
        }

        double expectedArrivals() {
            return seconds * (fromRate + toRate) / 2;
        }

        /** When that many arrivals are expected: the root of a quadratic, in the form that is stable for equal rates. */
        double secondsAt(double arrivals) {
            double acceleration = (toRate - fromRate) / seconds;
            double root = StrictMath.sqrt(Math.max(0, fromRate * fromRate + 2 * acceleration * arrivals));
            return 2 * arrivals / (fromRate + root);
        }
    }

    public RateProfile {
        pieces = List.copyOf(pieces);
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a rate profile must have a piece");
        }
    }

    public static RateProfile constant(double rate, double seconds) {
        return new RateProfile(List.of(new Piece(seconds, rate, rate)));
    }

    /** Reads {@code ramp:2-20}, {@code step:2,4,8} (of equal length) or {@code spike:2,20} (the middle fifth at the second rate). */
    public static RateProfile parse(String text, double seconds) {
        String[] parts = text.split(":", 2);
        double[] rates = parts.length == 2 ? rates(parts[1]) : new double[0];
        if (parts[0].equals("ramp") && rates.length == 2) {
            return new RateProfile(List.of(new Piece(seconds, rates[0], rates[1])));
        }
        if (parts[0].equals("step") && rates.length >= 2) {
            double each = seconds / rates.length;
            return new RateProfile(Arrays.stream(rates)
                    .mapToObj(rate -> new Piece(each, rate, rate))
                    .toList());
        }
        if (parts[0].equals("spike") && rates.length == 2) {
            Piece base = new Piece(0.4 * seconds, rates[0], rates[0]);
            return new RateProfile(List.of(base, new Piece(0.2 * seconds, rates[1], rates[1]), base));
        }
        throw new IllegalArgumentException(
                "a profile is ramp:FROM-TO, step:A,B,… or spike:BASE,PEAK, in requests/s: " + text);
    }

    private static double[] rates(String text) {
        try {
            return Arrays.stream(text.split("[-,]", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (NumberFormatException e) {
            return new double[0]; // Refused by the caller, with the whole text.
        }
    }

    public double seconds() {
        return pieces.stream().mapToDouble(Piece::seconds).sum();
    }

    double expectedArrivals() {
        return pieces.stream().mapToDouble(Piece::expectedArrivals).sum();
    }

    /** Inverse of the cumulative rate. */
    double secondsAt(double arrivals) {
        double before = 0;
        double rest = arrivals;
        List<Piece> all = new ArrayList<>(pieces);
        Piece last = all.remove(all.size() - 1);
        for (Piece piece : all) {
            if (rest < piece.expectedArrivals()) {
                return before + piece.secondsAt(rest);
            }
            rest -= piece.expectedArrivals();
            before += piece.seconds();
        }
        return before + last.secondsAt(rest);
    }
}
