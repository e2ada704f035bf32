package io.vitrine.store.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Whether a Parquet file is damaged, found out independently of the question that failed on it.
 *
 * <p>An engine that has run out of memory, was interrupted or has failed for good reports errors about files that are whole. So the proof
 * is made from the file alone: its first and last bytes, then every value of it read by an engine of its own.
 */
public final class ParquetCheck {
    private static final byte[] MAGIC = "PAR1".getBytes(US_ASCII);
    private static final int TAIL = 8;
    /** How DuckDB words what only the content of a file can cause; its own trouble has other words. */
    private static final List<String> PROOFS =
            List.of("Invalid Error:", "Invalid Input Error:", "IO Error: Could not read enough bytes");

    private ParquetCheck() {}

    /** Blocks while it reads the file, until the deadline. */
    public static Verdict of(Path file, int memoryMegabytes, Path spillDirectory, Deadline deadline) {
        try {
            if (!hasFrame(file)) {
                return Verdict.DAMAGED;
            }
        } catch (IOException e) {
            return Verdict.UNKNOWN;
        }
        try (DuckDb own = DuckDb.open(memoryMegabytes, spillDirectory)) {
            String everyValue = "SELECT count(*), max(hash(t)) FROM read_parquet(" + DuckDb.quoted(file) + ") t";
            Sql.list(own.connection(), everyValue, row -> row.getLong(1), deadline);
            return Verdict.WHOLE;
        } catch (SQLException e) {
            return isProof(e) ? Verdict.DAMAGED : Verdict.UNKNOWN;
        }
    }

    private static boolean isProof(SQLException e) {
        String message = String.valueOf(e.getMessage());
        return PROOFS.stream().anyMatch(message::startsWith);
    }

    /** The magic bytes at both ends, and a footer that fits between them. */
    private static boolean hasFrame(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < MAGIC.length + TAIL) {
                return false;
            }
            ByteBuffer head = read(channel, 0, MAGIC.length);
            ByteBuffer tail = read(channel, size - TAIL, TAIL);
            int footer = tail.getInt();
            return head.equals(ByteBuffer.wrap(MAGIC))
                    && tail.equals(ByteBuffer.wrap(MAGIC))
                    && footer > 0
                    && footer <= size - MAGIC.length - TAIL;
        }
    }

    private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }
}
