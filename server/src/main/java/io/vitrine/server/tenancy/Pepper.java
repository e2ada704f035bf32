package io.vitrine.server.tenancy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

import io.vitrine.store.file.DurableFiles;

/**
 * The server's own secret under which keys are hashed: a file beside the ledger that only its owner may read, made at random
 * when it is first asked for. Not in the ledger, so that who got hold of that alone has nothing to test guesses with.
 */
final class Pepper {

    static final String FILE = "pepper";

    private static final int BYTES = 32;
    private static final Set<StandardOpenOption> OPEN =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private Pepper() {}

    /** The secret of this folder; a server and a command that make it at once get the same one. */
    static byte[] in(Path directory) {
        Path file = directory.resolve(FILE);
        try (FileChannel channel = FileChannel.open(file, OPEN, ownerOnly(directory))) {
            // Held until the channel is closed: nobody sees a half-written secret.
            channel.lock();
            if (channel.size() == 0) {
                write(channel);
                // Its name too: keys in the ledger are good for nothing without it.
                DurableFiles.syncDirectory(directory);
            }
            return read(channel, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read or make the secret that keys are hashed with, " + file, e);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void write(FileChannel channel) throws IOException {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        channel.write(ByteBuffer.wrap(secret), 0);
        channel.force(true);
    }

    private static byte[] read(FileChannel channel, Path file) throws IOException {
        ByteBuffer secret = ByteBuffer.allocate(BYTES);
        if (channel.size() != BYTES || channel.read(secret, 0) != BYTES) {
            throw new IOException(file + " must have " + BYTES + " bytes: " + channel.size()
                    + "; bring back the right one, or remove it and make all keys anew");
        }
        return secret.array();
    }
}
