package io.vitrine.grammar.regex;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode scalar values, as ranges in ascending order that neither overlap nor touch. Surrogates are never
 * members.
 */
public record CodePoints(List<Range> ranges) {

    public static final CodePoints NONE = new CodePoints(List.of());
    public static final CodePoints ALL = NONE.complement();

    private static final int FIRST_SURROGATE = 0xD800;
    private static final int LAST_SURROGATE = 0xDFFF;

    /** Both ends included. */
    public record Range(int first, int last) {}

    public CodePoints {
        ranges = List.copyOf(ranges);
    }

    public static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    /** Both ends included. */
    public static CodePoints range(int first, int last) {
        return normalized(List.of(new Range(first, last)));
    }

    /** Each character of the text. */
    public static CodePoints of(String characters) {
        return normalized(characters.codePoints().mapToObj(c -> new Range(c, c)).toList());
    }

    public CodePoints union(CodePoints other) {
        List<Range> both = new ArrayList<>(ranges);
        both.addAll(other.ranges);
        return normalized(both);
    }

    public CodePoints complement() {
        List<Range> gaps = new ArrayList<>();
        int next = 0;
        for (Range range : ranges) {
            if (range.first > next) {
                gaps.add(new Range(next, range.first - 1));
            }
            next = range.last + 1;
        }
        if (next <= Character.MAX_CODE_POINT) {
            gaps.add(new Range(next, Character.MAX_CODE_POINT));
        }
        return normalized(gaps);
    }

    public CodePoints minus(CodePoints other) {
        return complement().union(other).complement();
    }

    public CodePoints intersection(CodePoints other) {
        return complement().union(other.complement()).complement();
    }

    public boolean contains(int codePoint) {
        return ranges.stream().anyMatch(range -> range.first <= codePoint && codePoint <= range.last);
    }

    private static CodePoints normalized(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>();
        for (Range range : ranges) {
            addWithoutSurrogates(sorted, range);
        }
        sorted.sort(Comparator.comparingInt(Range::first));
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            int top = merged.size() - 1;
            if (top >= 0 && merged.get(top).last >= range.first - 1) {
                merged.set(top, new Range(merged.get(top).first, Math.max(merged.get(top).last, range.last)));
            } else {
                merged.add(range);
            }
        }
        return new CodePoints(merged);
    }

    private static void addWithoutSurrogates(List<Range> target, Range range) {
        if (range.first < FIRST_SURROGATE) {
            target.add(new Range(range.first, Math.min(range.last, FIRST_SURROGATE - 1)));
        }
        if (range.last > LAST_SURROGATE) {
            target.add(new Range(Math.max(range.first, LAST_SURROGATE + 1), range.last));
        }
    }
}
