package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxTest {

    private final List<Runnable> hops = new ArrayList<>();
    private final List<List<String>> batches = new ArrayList<>();
    private final Mailbox<String> mailbox = new Mailbox<>(hops::add, batches::add);

    @Test
    void itemsThatComeBeforeTheReaderIsThereShareOneHop() {
        mailbox.add("a");
        mailbox.add("b");
        assertThat(hops).hasSize(1);
        hops.get(0).run();

        assertThat(batches).containsExactly(List.of("a", "b"));
    }

    @Test
    void anItemAfterTheHopMakesAnother() {
        mailbox.add("a");
        hops.get(0).run();
        mailbox.add("b");
        assertThat(hops).hasSize(2);
        hops.get(1).run();

        assertThat(batches).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void anItemAddedWhileTheReaderReadsIsNotLost() {
        Mailbox<String> own = new Mailbox<>(hops::add, batch -> batches.add(batch));
        own.add("a");
        hops.add(() -> own.add("b"));
        while (!hops.isEmpty()) {
            hops.remove(0).run();
        }

        assertThat(batches).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void aHopThatFindsNothingTellsNothing() {
        mailbox.add("a");
        hops.get(0).run();
        hops.get(0).run();

        assertThat(batches).hasSize(1);
    }
}
