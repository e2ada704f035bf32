package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class FileBodyTest {

    private final List<Long> lengths = new ArrayList<>();
    private final Asked asked = new Asked();

    @TempDir
    private Path folder;

    @Test
    void writesBehindTheOffsetAndCutsWhatWasThere() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "0123456789");
        FileBody body = new FileBody(file, 4, 100, lengths::add);

        body.onSubscribe(asked);
        body.onNext(List.of(piece("ab"), piece("c")));
        body.onComplete();

        assertThat(file).hasContent("0123abc");
        assertThat(lengths).containsExactly(6L, 7L);
        assertThat(body.getBody().toCompletableFuture()).isCompletedWithValue(7L);
    }

    @Test
    void asksForThePiecesOneByOne() {
        FileBody body = new FileBody(folder.resolve("file"), 0, 100, lengths::add);

        body.onSubscribe(asked);
        assertThat(asked.pieces).isEqualTo(1);
        body.onNext(List.of(piece("ab")));
        assertThat(asked.pieces).isEqualTo(2);
    }

    @Test
    void stopsBeforeTheFileIsTooLong() {
        Path file = folder.resolve("file");
        FileBody body = new FileBody(file, 0, 3, lengths::add);

        body.onSubscribe(asked);
        body.onNext(List.of(piece("abc")));
        body.onNext(List.of(piece("d")));

        assertThat(asked.cancelled).isTrue();
        assertThat(file).hasContent("abc");
        assertThat(failureOf(body)).hasMessage("the server sends more than the expected 3 bytes");
    }

    @Test
    void saysThatTheDiskIsFull() {
        FileBody body = new FileBody(Path.of("/dev/full"), 0, 100, lengths::add);

        body.onSubscribe(asked);
        body.onNext(List.of(piece("abc")));

        assertThat(asked.cancelled).isTrue();
        assertThat(failureOf(body))
                .isInstanceOf(LocalWriteException.class)
                .hasMessage("could not write /dev/full: No space left on device");
    }

    @Test
    void saysThatTheFolderIsGone() {
        FileBody body = new FileBody(folder.resolve("gone/file"), 0, 100, lengths::add);

        body.onSubscribe(asked);

        assertThat(asked.cancelled).isTrue();
        assertThat(failureOf(body)).isInstanceOf(LocalWriteException.class);
    }

    @Test
    void writesNothingMoreOnceAbandoned() {
        Path file = folder.resolve("file");
        FileBody body = new FileBody(file, 0, 100, lengths::add);

        body.onSubscribe(asked);
        body.onNext(List.of(piece("abc")));
        body.abandon();
        body.onNext(List.of(piece("late")));
        body.onComplete();

        assertThat(file).hasContent("abc");
        assertThat(failureOf(body)).isInstanceOf(IOException.class).hasMessage("given up");
    }

    private static Throwable failureOf(FileBody body) {
        return body.getBody()
                .toCompletableFuture()
                .handle((length, failure) -> failure)
                .join();
    }

    private static ByteBuffer piece(String text) {
        return ByteBuffer.wrap(FakeHub.bytes(text));
    }

    private static final class Asked implements Flow.Subscription {
        long pieces;
        boolean cancelled;

        @Override
        public void request(long count) {
            pieces += count;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
