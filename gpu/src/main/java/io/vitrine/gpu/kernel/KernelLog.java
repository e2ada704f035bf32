package io.vitrine.gpu.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/**
 * What the kernel logs from now on, taken without ever waiting for it. By the C library, since Java can open a device neither at its end
 * nor so that reading does not block, and the records of before may be of a fault that was mended since. Any thread.
 */
public final class KernelLog implements AutoCloseable {

    /** Where Linux has it: a record a read. To read it takes {@code CAP_SYSLOG}, or {@code kernel.dmesg_restrict=0}. */
    public static final Path DEVICE = Path.of("/dev/kmsg");

    private static final int READ_ONLY_NON_BLOCKING = 0x800;
    private static final int FROM_THE_END = 2;
    /** The kernel's own limit of a record is below it. */
    private static final int BUFFER_BYTES = 16_384;
    /** Of a flood the rest is read the next time. */
    private static final int MOST_READS = 1_000;

    /** {@code EAGAIN}: there is no more. */
    private static final int NOTHING_YET = 11;
    /** {@code EPIPE}: records were overwritten before we came; reading goes on at the oldest. */
    private static final int OVERWRITTEN = 32;

    private interface LibC extends Library {

        LibC INSTANCE = Native.load("c", LibC.class);

        int open(String path, int flags) throws LastErrorException;

        NativeLong lseek(int file, NativeLong offset, int whence) throws LastErrorException;

        NativeLong read(int file, byte[] buffer, NativeLong size) throws LastErrorException;

        int close(int file);
    }

    private final int file;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private boolean open = true;

    private KernelLog(int file) {
        this.file = file;
    }

    /**
     * Opens a log at its end.
     *
     * @throws IOException if it cannot be read, in the words of the C library
     */
    public static KernelLog open(Path path) throws IOException {
        try {
            int file = LibC.INSTANCE.open(path.toString(), READ_ONLY_NON_BLOCKING);
            LibC.INSTANCE.lseek(file, new NativeLong(0), FROM_THE_END);
            return new KernelLog(file);
        } catch (LastErrorException | UnsatisfiedLinkError failed) {
            throw new IOException(path + ": " + failed.getMessage(), failed);
        }
    }

    /** The lines since the last call, oldest first; empty when it cannot be read any more. */
    public synchronized List<String> readNew() {
        List<String> lines = new ArrayList<>();
        for (int reads = 0; open && reads < MOST_READS; reads++) {
            int count = read();
            if (count == 0) {
                break;
            }
            if (count > 0) {
                lines.addAll(List.of(new String(buffer, 0, count, StandardCharsets.UTF_8).split("\n")));
            }
        }
        return lines;
    }

    /** Bytes; 0 when there is no more, less when there may be. */
    private int read() {
        try {
            return LibC.INSTANCE
                    .read(file, buffer, new NativeLong(BUFFER_BYTES))
                    .intValue();
        } catch (LastErrorException failed) {
            return failed.getErrorCode() == OVERWRITTEN ? -1 : failedFor(failed.getErrorCode());
        }
    }

    private int failedFor(int code) {
        if (code != NOTHING_YET) {
            close();
        }
        return 0;
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            LibC.INSTANCE.close(file);
        }
    }
}
