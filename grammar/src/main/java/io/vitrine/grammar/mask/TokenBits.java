package io.vitrine.grammar.mask;

/** Bit sets over a vocabulary: bit {@code id % 64} of word {@code id / 64} stands for a token. */
final class TokenBits {

    private TokenBits() {}

    static void set(long[] bits, int token) {
        bits[token >> 6] |= 1L << (token & 63);
    }

    static boolean contains(long[] bits, int token) {
        return ((bits[token >> 6] >>> (token & 63)) & 1) != 0;
    }
}
