package io.vitrine.store.telemetry;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;

/**
 * Held by whoever moves or deletes files: a server's own timer, or a command beside it. The system drops it when the process dies,
 * however it dies.
 */
final class UpkeepLock implements AutoCloseable {
    private static final String NAME = "upkeep.lock";

    private final FileChannel channel;

    private UpkeepLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws StoreException at once if another holds it, or it cannot be made */
    static UpkeepLock acquire(Path directory) {
        Path file = directory.resolve(NAME);
        try {
            DurableFiles.makeDirectory(directory);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            UpkeepLock lock = new UpkeepLock(channel);
            if (!lock.take()) {
                lock.close();
                throw new StoreException(Reason.IN_USE, "another process is at work on the stored telemetry: " + file);
            }
            return lock;
        } catch (IOException e) {
            throw new StoreException(Reason.READ_ONLY, "the store's directory cannot be written: " + e, e);
        }
    }

    private boolean take() throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Held in this process, by another store on the same directory.
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot release the store's lock: " + e, e);
        }
    }
}
