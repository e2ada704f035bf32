package io.vitrine.grammar.automaton;

/** A set of byte values 0 to 255, as four words of 64 bits. */
public record ByteSet(long w0, long w1, long w2, long w3) {

    public static final ByteSet NONE = new ByteSet(0, 0, 0, 0);
    public static final ByteSet ALL = new ByteSet(-1, -1, -1, -1);

    /** The values from {@code first} to {@code last}, both included. */
    public static ByteSet range(int first, int last) {
        if (first < 0 || last > 255 || first > last) {
            throw new IllegalArgumentException("byte range must be within 0 to 255: " + first + " to " + last);
        }
        return new ByteSet(word(0, first, last), word(1, first, last), word(2, first, last), word(3, first, last));
    }

    public static ByteSet of(int value) {
        return range(value, value);
    }

    /** The characters of an ASCII text. */
    public static ByteSet of(String ascii) {
        ByteSet set = NONE;
        for (int i = 0; i < ascii.length(); i++) {
            set = set.union(of(ascii.charAt(i)));
        }
        return set;
    }

    public ByteSet union(ByteSet other) {
        return new ByteSet(w0 | other.w0, w1 | other.w1, w2 | other.w2, w3 | other.w3);
    }

    public ByteSet intersection(ByteSet other) {
        return new ByteSet(w0 & other.w0, w1 & other.w1, w2 & other.w2, w3 & other.w3);
    }

    boolean contains(int value) {
        long word =
                switch (value >> 6) {
                    case 0 -> w0;
                    case 1 -> w1;
                    case 2 -> w2;
                    default -> w3;
                };
        return ((word >>> (value & 63)) & 1) != 0;
    }

    private static long word(int index, int first, int last) {
        int from = Math.max(first - 64 * index, 0);
        int to = Math.min(last - 64 * index, 63);
        return from > to ? 0 : (-1L >>> (63 - (to - from))) << from;
    }
}
