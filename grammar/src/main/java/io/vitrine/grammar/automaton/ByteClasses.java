package io.vitrine.grammar.automaton;

import java.util.Arrays;

/** A partition of the byte values: bytes of one class lead an automaton state to the same successor. */
public final class ByteClasses {

    /** All bytes alike. */
    public static final ByteClasses ONE = new ByteClasses(new byte[256], 1);

    private final byte[] classOf;
    private final int count;
    private final int[] representatives;
    private final int hash;

    private ByteClasses(byte[] classOf, int count) {
        this.classOf = classOf;
        this.count = count;
        this.hash = Arrays.hashCode(classOf);
        this.representatives = new int[count];
        for (int value = 255; value >= 0; value--) {
            representatives[classOf[value] & 0xFF] = value;
        }
    }

    /** Members of the set in one class, the others in the second. */
    static ByteClasses of(ByteSet set) {
        byte[] classOf = new byte[256];
        int first = set.contains(0) ? 1 : 0;
        boolean both = false;
        for (int value = 0; value < 256; value++) {
            classOf[value] = (byte) (set.contains(value) ? 1 - first : first);
            both |= classOf[value] != 0;
        }
        return both ? new ByteClasses(classOf, 2) : ONE;
    }

    /** The coarsest partition that refines both. */
    static ByteClasses meet(ByteClasses a, ByteClasses b) {
        byte[] classOf = new byte[256];
        short[] known = new short[a.count * b.count];
        Arrays.fill(known, (short) -1);
        int count = 0;
        for (int value = 0; value < 256; value++) {
            int pair = a.classOf(value) * b.count + b.classOf(value);
            if (known[pair] < 0) {
                known[pair] = (short) count++;
            }
            classOf[value] = (byte) known[pair];
        }
        return new ByteClasses(classOf, count);
    }

    /** The class of a byte value 0 to 255. */
    public int classOf(int value) {
        return classOf[value] & 0xFF;
    }

    public int count() {
        return count;
    }

    /** The smallest byte value of a class. */
    public int representative(int classIndex) {
        return representatives[classIndex];
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ByteClasses classes
                        && hash == classes.hash
                        && Arrays.equals(classOf, classes.classOf));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
