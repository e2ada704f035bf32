package io.vitrine.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a file's bytes must hash to.
 *
 * @param hex the digest in lower-case hexadecimal
 */
record Checksum(Kind kind, String hex) {

    /** The two ways in which the hub names contents. */
    enum Kind {
        /** SHA-256 of the bytes: files in Git LFS, and everything pinned in this program. */
        SHA256("SHA-256", 64),
        /** Git's name of a blob, SHA-1 over {@code "blob <length>\0"} and the bytes: the small files of a repository. */
        GIT_BLOB("SHA-1", 40);

        private final String algorithm;
        private final int hexDigits;

        Kind(String algorithm, int hexDigits) {
            this.algorithm = algorithm;
            this.hexDigits = hexDigits;
        }
    }

    Checksum {
        if (!hex.matches("[0-9a-f]{" + kind.hexDigits + "}")) {
            throw new IllegalArgumentException(kind + " must be " + kind.hexDigits + " hexadecimal digits: " + hex);
        }
    }

    boolean matches(Path file) throws IOException {
        return of(kind, file).equals(this);
    }

    static Checksum of(Kind kind, Path file) throws IOException {
        MessageDigest digest = digest(kind);
        if (kind == Kind.GIT_BLOB) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 20];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return new Checksum(kind, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest digest(Kind kind) {
        try {
            return MessageDigest.getInstance(kind.algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + kind.algorithm, e);
        }
    }
}
