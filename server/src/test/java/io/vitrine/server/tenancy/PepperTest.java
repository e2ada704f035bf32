package io.vitrine.server.tenancy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PepperTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path another;

    @Test
    void isTheSameEachTimeAndAnotherInAnotherFolder() {
        byte[] first = Pepper.in(folder);

        assertThat(first).hasSize(32);
        assertThat(Pepper.in(folder)).isEqualTo(first);
        assertThat(Pepper.in(another)).isNotEqualTo(first);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has other permissions")
    void isForItsOwnerOnly() throws Exception {
        Pepper.in(folder);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(Pepper.FILE))))
                .isEqualTo("rw-------");
    }

    /** Keys made under half a secret would be lost without a word. */
    @Test
    void refusesAFileThatIsDamaged() throws Exception {
        Files.write(folder.resolve(Pepper.FILE), new byte[31]);

        assertThatThrownBy(() -> Pepper.in(folder))
                .hasMessageContaining(folder.toString())
                .hasRootCauseMessage(folder.resolve(Pepper.FILE)
                        + " must have 32 bytes: 31; bring back the right one, or remove it and make all keys anew");
    }
}
