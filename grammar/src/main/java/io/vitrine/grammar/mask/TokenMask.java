package io.vitrine.grammar.mask;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The tokens allowed at one configuration: a shared bit set, or none, and further tokens. So a mask inside a string
 * costs the memory of its few tokens outside the slice.
 *
 * @param base bits of a slice, or of the whole mask where it is neither a slice nor sparse; lent
 * @param extra tokens beside the base; lent
 * @param ownsBase whether the base belongs to this mask alone
 */
record TokenMask(long @Nullable [] base, int[] extra, boolean ownsBase) {

    int bytes() {
        return extra.length * Integer.BYTES + (ownsBase && base != null ? base.length * Long.BYTES : 0);
    }

    void writeTo(long[] bits) {
        if (base != null) {
            System.arraycopy(base, 0, bits, 0, base.length);
        } else {
            Arrays.fill(bits, 0);
        }
        for (int token : extra) {
            TokenBits.set(bits, token);
        }
    }
}
