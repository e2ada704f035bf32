package io.vitrine.store.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import org.jspecify.annotations.Nullable;

/** Held by the one server a ledger belongs to; the system drops it when the process dies, however it dies. */
final class LedgerLock implements AutoCloseable {
    private final FileChannel channel;

    private LedgerLock(FileChannel channel) {
        this.channel = channel;
    }

    static LedgerLock acquire(LedgerSettings settings) {
        Path file = settings.lockFile();
        FileChannel channel = null;
        try {
            DurableFiles.makeDirectory(settings.directory());
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            return new LedgerLock(channel);
        } catch (OverlappingFileLockException e) {
            close(channel, e);
            throw new StoreException(Reason.IN_USE, "another server has this ledger open: " + file, e);
        } catch (IOException e) {
            close(channel, e);
            throw new StoreException(Reason.READ_ONLY, "the ledger's directory cannot be written: " + e, e);
        }
    }

    /** Whether a server holds it now. */
    static boolean isHeld(LedgerSettings settings) {
        try (FileChannel channel =
                FileChannel.open(settings.lockFile(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.tryLock(0, Long.MAX_VALUE, true) == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot release the ledger's lock: " + e, e);
        }
    }

    private static void close(@Nullable FileChannel channel, Exception failure) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
