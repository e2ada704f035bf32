package io.vitrine.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class GroupCommitTest {
    private static final Schema SCHEMA = new Schema(List.of("CREATE TABLE numbers (n INTEGER)"));

    @TempDir
    Path directory;

    private Path file;
    private GroupCommit writer;

    @BeforeEach
    void open() {
        file = directory.resolve("numbers.db");
        Connection connection = Sqlite.openForWriting(file, Durability.EVERY_COMMIT, SCHEMA);
        writer = new GroupCommit("numbers-writer", file, connection, 100, 10);
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void anErrorFailsItsOwnPieceAndNoOther() throws Exception {
        CountDownLatch gathered = new CountDownLatch(1);
        CompletableFuture<Void> blocking = block(gathered);
        CompletableFuture<Void> before = add(1);
        CompletableFuture<Void> broken = writer.submit(connection -> {
            insert(connection, 2);
            throw new StackOverflowError("in a batch");
        });
        CompletableFuture<Void> after = add(3);
        gathered.countDown();

        assertThatThrownBy(broken::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseInstanceOf(StackOverflowError.class);
        blocking.join();
        before.join();
        after.join();
        assertThat(numbers()).containsExactly(1, 3);
        assertThat(writer.counts().failed()).isEqualTo(1);
    }

    @Test
    void aBatchThatCannotBeCommittedLeavesNobodyWaiting() throws Exception {
        CountDownLatch gathered = new CountDownLatch(1);
        CompletableFuture<Void> blocking = block(gathered);
        CompletableFuture<Void> first = add(1);
        CompletableFuture<Void> ending = writer.submit(connection -> {
            Sql.execute(connection, "ROLLBACK");
            return null;
        });
        CompletableFuture<Void> last = add(2);
        gathered.countDown();
        blocking.handle((done, failed) -> true).join();
        assertThatThrownBy(first::join).isInstanceOf(CompletionException.class);
        assertThatThrownBy(ending::join).isInstanceOf(CompletionException.class);
        assertThatThrownBy(last::join).isInstanceOf(CompletionException.class);
        add(3).join();
        assertThat(numbers()).containsExactly(3);
    }

    @Test
    void aTransactionLeftOpenIsEndedBeforeTheNext() throws Exception {
        assertThatThrownBy(() -> writer.submit(connection -> {
                            Sql.execute(connection, "COMMIT");
                            Sql.execute(connection, "BEGIN");
                            throw new SQLException("the savepoint is gone and another transaction is open");
                        })
                        .join())
                .isInstanceOf(CompletionException.class);
        add(1).join();
        assertThat(numbers()).containsExactly(1);
    }

    @Test
    void refusesAFileWhosePragmasAreNotAsAskedFor() throws Exception {
        Path other = directory.resolve("other.db");
        try (Connection connection = Sqlite.openForWriting(other, Durability.EVERY_COMMIT, SCHEMA)) {
            Sqlite.requirePragma(connection, other, "synchronous", "2");
            Sqlite.requirePragma(connection, other, "journal_mode", "wal");
            Sql.execute(connection, "PRAGMA synchronous = OFF");
            assertThatThrownBy(() -> Sqlite.requirePragma(connection, other, "synchronous", "2"))
                    .hasMessageContaining("must have synchronous = 2 and has 0");
        }
        try (Connection connection = Sqlite.openForWriting(other, Durability.PROCESS_CRASH, SCHEMA)) {
            Sqlite.requirePragma(connection, other, "synchronous", "1");
        }
    }

    private CompletableFuture<Void> add(int number) {
        return writer.submit(connection -> {
            insert(connection, number);
            return null;
        });
    }

    private static void insert(Connection connection, int number) throws SQLException {
        Sql.update(connection, "INSERT INTO numbers VALUES (?)", number);
    }

    private List<Integer> numbers() throws SQLException {
        try (Connection reader = Sqlite.openForReading(file)) {
            return Sql.list(reader, "SELECT n FROM numbers ORDER BY n", row -> row.getInt(1));
        }
    }

    /** Holds the writer in a batch that nothing later belongs to. */
    private CompletableFuture<Void> block(CountDownLatch gathered) {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Void> blocking = writer.submit(connection -> {
            begun.countDown();
            return await(gathered);
        });
        await(begun);
        return blocking;
    }

    private static Void await(CountDownLatch latch) {
        try {
            latch.await();
            return null;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
