package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Keeps two processes from fetching the same model at once: a lock of the operating system on a file beside the model, gone
 * when the process ends in whatever way. The empty file stays, since deleting it while another waits would split the lock.
 */
final class ModelLock implements AutoCloseable {

    private final FileChannel channel;

    private ModelLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until the lock is free. {@code onWait} is told if it is not free at once. */
    static ModelLock acquire(Path file, Runnable onWait) throws IOException {
        Optional<ModelLock> free = tryAcquire(file);
        if (free.isPresent()) {
            return free.get();
        }
        onWait.run();
        FileChannel channel = open(file);
        try {
            channel.lock();
        } catch (IOException | OverlappingFileLockException e) {
            channel.close();
            throw e;
        }
        return new ModelLock(channel);
    }

    /** Empty if another process holds it. */
    static Optional<ModelLock> tryAcquire(Path file) throws IOException {
        FileChannel channel = open(file);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new ModelLock(channel));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
}
