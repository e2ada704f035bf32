package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A file mapped read-only, in segments, since one buffer addresses no more than 2 GiB. Safe from several threads at once.
 *
 * <p>Closing lets go of the mapping; the memory is given back when the garbage collector finds it, for Java 17 has no other
 * way. The file must not be shortened while it is mapped.
 */
final class MappedFile implements AutoCloseable {

    private static final long SEGMENT_BYTES = 1L << 30;

    private final Path path;
    private final long size;
    private volatile List<ByteBuffer> segments;

    private MappedFile(Path path, long size, List<ByteBuffer> segments) {
        this.path = path;
        this.size = size;
        this.segments = segments;
    }

    static MappedFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            List<ByteBuffer> segments = new ArrayList<>();
            for (long start = 0; start < size; start += SEGMENT_BYTES) {
                segments.add(channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(SEGMENT_BYTES, size - start)));
            }
            return new MappedFile(path, size, List.copyOf(segments));
        }
    }

    Path path() {
        return path;
    }

    /** In bytes. */
    long size() {
        return size;
    }

    /** Copies {@code length} bytes that start at {@code offset} of the file to the start of {@code destination}. */
    void read(long offset, byte[] destination, int length) {
        List<ByteBuffer> open = segments;
        if (open.isEmpty() && size > 0) {
            throw new IllegalStateException(path + " is closed");
        }
        Objects.checkFromToIndex(offset, Math.addExact(offset, length), size);
        for (int done = 0; done < length; ) {
            ByteBuffer segment = open.get((int) ((offset + done) / SEGMENT_BYTES));
            int at = (int) ((offset + done) % SEGMENT_BYTES);
            int count = Math.min(length - done, segment.capacity() - at);
            segment.get(at, destination, done, count);
            done += count;
        }
    }

    @Override
    public void close() {
        segments = List.of();
    }
}
