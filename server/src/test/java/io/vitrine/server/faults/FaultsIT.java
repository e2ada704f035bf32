package io.vitrine.server.faults;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/** What alerts make of faults of a real server: a few by default, all with {@code -Dvitrine.faults=all}. */
class FaultsIT {

    private static final Set<String> USUAL = Set.of(
            "every step fails, so the engine stops",
            "a step hangs in the model",
            "a tenant's budget is used up",
            "GPU: lost",
            "GPU: gets too hot",
            "control: one step fails");

    @TempDir
    private Path folder;

    /** The disk that can be full and the fake GPU driver are C. */
    @BeforeAll
    static void requireCompiler() throws InterruptedException {
        try {
            new ProcessBuilder("gcc", "--version")
                    .redirectOutput(Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            assertThat(System.getenv("CI"))
                    .as("gcc, which the build server must have")
                    .isNotEqualTo("true");
            abort("no gcc: " + e.getMessage());
        }
    }

    static Stream<Fault> faults() {
        boolean all = "all".equals(System.getProperty("vitrine.faults"));
        return Faults.all().filter(fault -> all || USUAL.contains(fault.name()));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void pagesForFaultsAndOnlyForFaults(Fault fault) throws Exception {
        assertThat(FaultInjection.run(fault, FaultTable.PACE, folder).problems())
                .isEmpty();
    }
}
