package io.vitrine.tenants.keys;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** What is kept of a key in place of it: 32 bytes that only the server's pepper and the key together give again. */
public final class KeyHash {

    static final int BYTES = 32;

    private final byte[] bytes;

    private KeyHash(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key's hash must have " + BYTES + " bytes: " + bytes.length);
        }
        this.bytes = bytes;
    }

    public static KeyHash of(byte[] bytes) {
        return new KeyHash(bytes.clone());
    }

    /** As {@link #hex} wrote it. */
    public static KeyHash ofHex(String hex) {
        return new KeyHash(HexFormat.of().parseHex(hex));
    }

    /** For the store. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Takes the same time wherever the two differ. */
    boolean matches(KeyHash other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyHash hash && matches(hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says nothing of its bytes. */
    @Override
    public String toString() {
        return "KeyHash[hidden]";
    }
}
