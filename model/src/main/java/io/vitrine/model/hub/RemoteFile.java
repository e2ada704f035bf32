package io.vitrine.model.hub;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to download.
 *
 * @param name a plain file name, without folders
 * @param bytes its size, where the server has told it
 * @param checksum of its contents, where the server has told it
 */
record RemoteFile(String name, URI address, OptionalLong bytes, Optional<Checksum> checksum) {

    /** Far above any weights file of today, far below what would make sums overflow. */
    static final long MAXIMUM_BYTES = 1L << 40;

    RemoteFile {
        if (bytes.orElse(0) < 0 || bytes.orElse(0) > MAXIMUM_BYTES) {
            throw new IllegalArgumentException(name + " has a size that is not between 0 and "
                    + ByteCount.describe(MAXIMUM_BYTES) + ": " + bytes.orElse(0) + " bytes");
        }
    }
}
