package io.vitrine.model.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * An answer's body, written to a file as it comes and forced to disk at its end; the result is the file's length.
 *
 * <p>The JDK's own file subscriber tells nobody how far it is, and one that waits on an {@code InputStream} cannot notice that
 * the other side has fallen silent. Called on the HTTP client's threads; {@link #abandon} may come from any thread, and after
 * it the file is not touched any more.
 */
final class FileBody implements BodySubscriber<Long> {

    private final Path file;
    private final long offset;
    private final long maximumBytes;
    private final LongConsumer length;
    private final CompletableFuture<Long> end = new CompletableFuture<>();

    private @Nullable FileChannel channel;
    private Flow.@Nullable Subscription subscription;
    private long position;

    /**
     * @param offset the file is cut to this length first, and the body goes behind it
     * @param maximumBytes a longer file is refused, so that a server cannot fill the disk
     * @param length told the file's length after each piece
     */
    FileBody(Path file, long offset, long maximumBytes, LongConsumer length) {
        this.file = file;
        this.offset = offset;
        this.maximumBytes = maximumBytes;
        this.length = length;
        this.position = offset;
    }

    @Override
    public CompletionStage<Long> getBody() {
        return end;
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.truncate(offset);
            channel.position(offset);
            newSubscription.request(1);
        } catch (IOException e) {
            fail(writeFailure(e));
        }
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> pieces) {
        if (channel == null || subscription == null) {
            return;
        }
        try {
            for (ByteBuffer piece : pieces) {
                append(channel, piece);
            }
            subscription.request(1);
        } catch (IOException e) {
            fail(e);
        }
    }

    @Override
    public synchronized void onError(Throwable failure) {
        fail(failure);
    }

    @Override
    public synchronized void onComplete() {
        if (channel == null) {
            return;
        }
        try {
            channel.force(true);
            channel.close();
            channel = null;
            end.complete(position);
        } catch (IOException e) {
            fail(writeFailure(e));
        }
    }

    /** How long the file is by now. */
    synchronized long length() {
        return position;
    }

    /** Stops reading and writing. */
    synchronized void abandon() {
        fail(new IOException("given up"));
    }

    private void append(FileChannel open, ByteBuffer piece) throws IOException {
        if (position + piece.remaining() > maximumBytes) {
            throw new IOException("the server sends more than the expected " + maximumBytes + " bytes");
        }
        try {
            while (piece.hasRemaining()) {
                position += open.write(piece);
            }
        } catch (IOException e) {
            throw writeFailure(e);
        }
        length.accept(position);
    }

    private LocalWriteException writeFailure(IOException cause) {
        return new LocalWriteException("could not write " + file + ": " + cause.getMessage(), cause);
    }

    private void fail(Throwable failure) {
        if (subscription != null) {
            subscription.cancel();
        }
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
            channel = null;
        }
        end.completeExceptionally(failure);
    }
}
