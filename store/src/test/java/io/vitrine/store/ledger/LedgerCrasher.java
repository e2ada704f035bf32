package io.vitrine.store.ledger;

import java.nio.file.Path;

/** A process that enters and says what is durable, until it is killed. */
final class LedgerCrasher {
    private LedgerCrasher() {}

    public static void main(String[] arguments) {
        Ledger ledger = Ledger.open(LedgerSettings.in(Path.of(arguments[0])));
        for (int worker = 0; worker < 8; worker++) {
            int number = worker;
            new Thread(() -> work(ledger, "w" + number + "-")).start();
        }
    }

    private static void work(Ledger ledger, String prefix) {
        for (int i = 0; ; i++) {
            String id = prefix + i;
            ledger.append(Entries.of(id, "acme", Entries.NOON, 1 + i % 90)).join();
            System.out.println(id);
        }
    }
}
