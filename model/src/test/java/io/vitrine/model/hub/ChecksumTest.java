package io.vitrine.model.hub;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChecksumTest {

    @TempDir
    private Path folder;

    /** The example of FIPS 180-2, appendix B.1. */
    @Test
    void sha256IsOfTheBytesAlone() throws Exception {
        Checksum expected =
                new Checksum(Checksum.Kind.SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

        assertThat(expected.matches(Files.writeString(folder.resolve("file"), "abc")))
                .isTrue();
        assertThat(expected.matches(Files.writeString(folder.resolve("file"), "abd")))
                .isFalse();
    }

    /** As {@code echo hello | git hash-object --stdin} prints it. */
    @Test
    void gitBlobIsWhatGitCallsTheContents() throws Exception {
        Checksum expected = new Checksum(Checksum.Kind.GIT_BLOB, "ce013625030ba8dba906f756967f9e9ca394464a");

        assertThat(expected.matches(Files.writeString(folder.resolve("file"), "hello\n")))
                .isTrue();
        assertThat(expected.matches(Files.writeString(folder.resolve("file"), "hello")))
                .isFalse();
    }

    @Test
    void readsAFileLargerThanItsBuffer() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[(2 << 20) + 1]);

        assertThat(Checksum.of(Checksum.Kind.SHA256, file).hex()).isEqualTo(FakeHub.sha256(new byte[(2 << 20) + 1]));
    }

    @Test
    void refusesWhatIsNoDigest() {
        assertThatThrownBy(() -> new Checksum(Checksum.Kind.SHA256, "abc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("SHA256 must be 64 hexadecimal digits: abc");
    }
}
