package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on the disk that the cache is on. */
final class FreeSpace {

    private FreeSpace() {}

    /** Refuses before the first byte what would only fail after the last one fits. */
    static void require(Path folder, long bytes) throws IOException, ModelSourceException {
        if (bytes > bytesAt(folder)) {
            throw new ModelSourceException("needs " + ByteCount.describe(bytes) + " more, and " + describe(folder));
        }
    }

    /** Such as {@code 1.2 GB are free on the disk of /data}. */
    static String describe(Path place) {
        try {
            return ByteCount.describe(bytesAt(place)) + " are free on the disk of " + place.toAbsolutePath();
        } catch (IOException e) {
            return "how much is free on the disk of " + place.toAbsolutePath() + " is not known";
        }
    }

    private static long bytesAt(Path place) throws IOException {
        Path existing = Files.exists(place) ? place : place.toAbsolutePath().getParent();
        return Files.getFileStore(existing).getUsableSpace();
    }
}
