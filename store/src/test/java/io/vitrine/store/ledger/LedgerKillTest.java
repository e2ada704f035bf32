package io.vitrine.store.ledger;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class LedgerKillTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 24);

    @TempDir
    Path directory;

    @RepeatedTest(2)
    void losesNothingItSaidWasWritten() throws Exception {
        List<String> acknowledged = killedAfter(300);

        try (Ledger ledger = Ledger.open(LedgerSettings.in(directory))) {
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(300);
            assertThat(new HashSet<>(acknowledged)).hasSameSizeAs(acknowledged);
            assertThat(acknowledged)
                    .allSatisfy(id -> assertThat(ledger.find(id)).isPresent());

            CostSum sum = ledger.sums(new CostFilter(DAY, DAY, "acme")).get(0);
            // Eight workers, each with one request under way: more than that the ledger cannot have beyond what was
            // said.
            assertThat(sum.requests()).isBetween((long) acknowledged.size(), acknowledged.size() + 8L);
        }
    }

    private List<String> killedAfter(int lines) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerCrasher.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.isEmpty()) {
                acknowledged.add(line);
                if (acknowledged.size() == lines) {
                    // Not the process itself: that would close its output as well, with what it still has to say.
                    process.toHandle().destroyForcibly();
                }
                line = output.readLine();
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return acknowledged;
    }
}
