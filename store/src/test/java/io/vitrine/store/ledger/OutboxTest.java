package io.vitrine.store.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OutboxTest {

    private static final int LIMIT = 100;

    @TempDir
    Path directory;

    private Ledger ledger;
    private Outbox outbox;

    @BeforeEach
    void open() {
        ledger = Ledger.open(LedgerSettings.in(directory));
        outbox = ledger.outbox();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static OutboxMessage message(String receiver, String group, long createdMillis, String severity) {
        return new OutboxMessage(
                receiver,
                group,
                "FIRING",
                createdMillis,
                "{\"severity\":\"" + severity + "\",\"n\":" + createdMillis + "}");
    }

    private void add(String receiver, String group, long createdMillis) {
        outbox.add(message(receiver, group, createdMillis, "P1")).join();
    }

    private List<Long> dueAt(long atMillis, String... excluded) {
        return outbox.due(atMillis, Set.of(excluded), LIMIT).stream()
                .map(entry -> entry.message().createdMillis())
                .toList();
    }

    private long idOf(long createdMillis) {
        return outbox.latest(LIMIT).stream()
                .filter(entry -> entry.message().createdMillis() == createdMillis)
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void keepsTheOrderOfEachReceiverAndGroup() {
        add("pager", "a", 1);
        add("pager", "a", 2);
        add("pager", "b", 3);
        add("chat", "a", 4);

        assertThat(dueAt(10)).containsExactly(1L, 3L, 4L);

        outbox.retry(idOf(1), 50, "HTTP 500").join();
        assertThat(dueAt(10)).as("2 waits behind 1").containsExactly(3L, 4L);
        assertThat(outbox.nextDueMillis(3, Set.of("chat"))).contains(50L);
        assertThat(dueAt(50)).containsExactly(1L, 3L, 4L);

        outbox.delivered(idOf(1), 51).join();
        outbox.dead(idOf(3), 52, "HTTP 400").join();
        assertThat(dueAt(60)).containsExactly(2L, 4L);
        assertThat(dueAt(60, "chat")).containsExactly(2L);
        assertThat(outbox.nextDueMillis(0, Set.of("chat", "pager"))).isEmpty();
    }

    @Test
    void remembersAttemptsAndEndsAcrossARestart() {
        add("pager", "a", 1);
        add("pager", "a", 2);
        add("pager", "b", 3);
        outbox.retry(idOf(1), 20, "HTTP 503").join();
        outbox.delivered(idOf(3), 15).join();
        ledger.close();
        open();

        assertThat(dueAt(19)).isEmpty();
        OutboxEntry first = outbox.due(20, Set.of(), LIMIT).get(0);
        assertThat(first.attempts()).isEqualTo(1);
        assertThat(first.error()).isEqualTo("HTTP 503");
        assertThat(outbox.lastDelivered("pager"))
                .extracting(entry -> entry.message().createdMillis())
                .containsExactly(3L);
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(2, 1, 0, 0, 1L));
    }

    @Test
    void dropsTheLeastUrgentFirstWhenFull() {
        String[] severities = {"P0", "P3", "P2", "P3", "P0"};
        for (int i = 0; i < severities.length; i++) {
            OutboxMessage message = message("pager", "g" + i, i, severities[i]);
            insert(message, 3);
        }
        insert(new OutboxMessage("pager", "none", "FIRING", 9, "no JSON"), 3);

        assertThat(dueAt(10)).as("P0, P2, P0").containsExactly(0L, 2L, 4L);
        assertThat(outbox.counts().dropped()).isEqualTo(3);
        insert(message("pager", "late", 11, "P0"), 3);
        assertThat(dueAt(20)).containsExactly(0L, 4L, 11L);
        assertThat(outbox.latest(LIMIT))
                .filteredOn(entry -> entry.state() == OutboxState.DROPPED)
                .allSatisfy(entry -> assertThat(entry.error()).isEqualTo("the outbox was full"))
                .hasSize(4);
    }

    private void insert(OutboxMessage message, int limit) {
        ledger.writer()
                .submit(connection -> {
                    OutboxTable.insert(connection, message, limit);
                    return null;
                })
                .join();
    }

    @Test
    void anEndedMessageIsNotEndedAgain() {
        add("pager", "a", 1);
        long id = idOf(1);
        outbox.delivered(id, 5).join();
        outbox.dead(id, 6, "too late").join();
        outbox.retry(id, 7, "too late").join();

        OutboxEntry entry = outbox.latest(1).get(0);
        assertThat(entry.state()).isEqualTo(OutboxState.DELIVERED);
        assertThat(entry.endedMillis()).isEqualTo(5);
        assertThat(outbox.counts()).isEqualTo(new OutboxCounts(0, 1, 0, 0, null));
    }

    @Test
    void boundsTheHistory() {
        for (int i = 0; i < 5; i++) {
            add("pager", "g" + i, i);
        }
        add("pager", "waits", 9);
        for (int i = 0; i < 5; i++) {
            long id = idOf(i);
            long at = 10L + i;
            ledger.writer()
                    .submit(connection -> {
                        OutboxTable.end(connection, id, OutboxState.DELIVERED, at, null, 2);
                        return null;
                    })
                    .join();
        }

        assertThat(outbox.latest(LIMIT))
                .extracting(entry -> entry.message().createdMillis())
                .containsExactly(9L, 4L, 3L);
        assertThat(outbox.counts().delivered()).isEqualTo(5);
    }
}
