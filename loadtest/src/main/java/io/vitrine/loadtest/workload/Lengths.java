package io.vitrine.loadtest.workload;

import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Distribution of a number of tokens, at least 1.
 *
 * @param first the constant, the lowest value or the mean
 * @param second the highest value or the standard deviation
 */
public record Lengths(Shape shape, double first, double second) {

    private static final int MOST_TOKENS = 10_000_000;
    private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");
    private static final Pattern SHAPED = Pattern.compile("(normal|lognormal):([\\d.]+):([\\d.]+)");

    /** Kind of distribution; mean and standard deviation of the last two are those of the tokens, not of their logarithm. */
    public enum Shape {
        FIXED,
        UNIFORM,
        NORMAL,
        LOGNORMAL
    }

    public Lengths {
        if (!(first >= 1 && first <= MOST_TOKENS)) {
            throw new IllegalArgumentException("a length must be from 1 to " + MOST_TOKENS + " tokens: " + first);
        }
        if (shape == Shape.UNIFORM && !(second >= first && second <= MOST_TOKENS)) {
            throw new IllegalArgumentException(
                    "a range of lengths must not end before it begins: " + first + "-" + second);
        }
        if (!(second >= 0 && second <= MOST_TOKENS)) {
            throw new IllegalArgumentException("a standard deviation must be from 0 to " + MOST_TOKENS + ": " + second);
        }
    }

    /** Reads {@code 128}, {@code 64-256} (uniform), {@code normal:128:30} or {@code lognormal:128:90} (mean, standard deviation). */
    public static Lengths parse(String text) {
        if (text.matches("\\d{1,9}")) {
            return fixed(Integer.parseInt(text));
        }
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            return new Lengths(Shape.UNIFORM, Double.parseDouble(range.group(1)), Double.parseDouble(range.group(2)));
        }
        Matcher shaped = SHAPED.matcher(text);
        if (shaped.matches()) {
            Shape shape = shaped.group(1).equals("normal") ? Shape.NORMAL : Shape.LOGNORMAL;
            return new Lengths(shape, Double.parseDouble(shaped.group(2)), Double.parseDouble(shaped.group(3)));
        }
        throw new IllegalArgumentException(
                "a length is 128, 64-256, normal:MEAN:SD or lognormal:MEAN:SD, in tokens: " + text);
    }

    public static Lengths fixed(int tokens) {
        return new Lengths(Shape.FIXED, tokens, 0);
    }

    int draw(SplittableRandom random) {
        double tokens =
                switch (shape) {
                    case FIXED -> first;
                    case UNIFORM -> StrictMath.floor(first + random.nextDouble() * (second - first + 1));
                    case NORMAL -> first + second * Streams.gaussian(random);
                    case LOGNORMAL -> lognormal(random);
                };
        return (int) Math.max(1, Math.min(MOST_TOKENS, Math.round(tokens)));
    }

    private double lognormal(SplittableRandom random) {
        double variance = StrictMath.log1p(second * second / (first * first));
        double mean = StrictMath.log(first) - variance / 2;
        return StrictMath.exp(mean + StrictMath.sqrt(variance) * Streams.gaussian(random));
    }
}
