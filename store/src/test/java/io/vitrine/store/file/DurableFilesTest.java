package io.vitrine.store.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is on the disk after a power cut is the matter of {@code LedgerPowerCutTest} and {@code TelemetryPowerCutTest}. */
class DurableFilesTest {

    @TempDir
    Path directory;

    @Test
    void publishesAWholeFileInADirectoryItMakes() throws Exception {
        Path file = directory.resolve("a/b/file");
        DurableFiles.publish(file, unfinished -> Files.writeString(unfinished, "one"));
        DurableFiles.publish(file, unfinished -> Files.writeString(unfinished, "two"));
        assertThat(file).hasContent("two");
        assertThat(names(file.getParent())).containsExactly("file");
    }

    @Test
    void keepsTheOldFileWhenTheNewOneFails() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "old");
        assertThatThrownBy(() -> DurableFiles.publish(file, unfinished -> {
                    Files.writeString(unfinished, "half");
                    throw new IOException("the disk is full");
                }))
                .hasMessage("the disk is full");
        assertThat(file).hasContent("old");
        assertThat(names(directory)).containsExactly("file");
    }

    @Test
    void copiesRenamesAndDeletes() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        Path copy = directory.resolve("other/copy");
        DurableFiles.copy(file, copy);
        Path renamed = directory.resolve("renamed");
        DurableFiles.rename(file, renamed);
        assertThat(copy).hasContent("content");
        assertThat(renamed).hasContent("content");
        DurableFiles.delete(List.of(renamed, directory.resolve("not there"), copy));
        assertThat(names(directory)).containsExactly("other");
        assertThat(copy).doesNotExist();
    }

    @Test
    void saysThatAFileIsInTheWayOfADirectory() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "in the way");
        assertThatThrownBy(() -> DurableFiles.makeDirectory(file.resolve("below")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void sweepsUnfinishedFilesAndNoOthers() throws Exception {
        Files.writeString(directory.resolve("date=2026-11-24.parquet.tmp"), "half");
        Files.writeString(directory.resolve("date=2026-11-24.parquet"), "whole");
        assertThat(DurableFiles.sweep(directory)).isEqualTo(1);
        assertThat(DurableFiles.sweep(directory)).isZero();
        assertThat(DurableFiles.sweep(directory.resolve("not there"))).isZero();
        assertThat(names(directory)).containsExactly("date=2026-11-24.parquet");
    }

    @Test
    void deletesASpillDirectoryWithItsEngine() throws Exception {
        Path spill = directory.resolve("spill");
        try (SpillDirectory own = SpillDirectory.in(spill);
                SpillDirectory other = SpillDirectory.in(spill)) {
            Files.write(own.path().resolve("rows"), new byte[1_000]);
            assertThat(other.path()).isNotEqualTo(own.path());
            assertThat(SpillDirectory.bytes(spill)).isEqualTo(1_000);
            assertThat(SpillDirectory.sweep(spill)).as("engines that live").isZero();
        }
        assertThat(names(spill)).isEmpty();
    }

    @Test
    void sweepsSpillDirectoriesOfDeadEngines() throws Exception {
        Path spill = directory.resolve("spill");
        Path dead = Files.createDirectories(spill.resolve("engine-1-2-3"));
        Files.writeString(dead.resolve("lock"), "");
        Files.writeString(dead.resolve("rows"), "spilled");
        Path alive = Files.createDirectories(spill.resolve("engine-4-5-6"));
        try (FileChannel channel =
                FileChannel.open(alive.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            assertThat(SpillDirectory.sweep(spill)).isEqualTo(1);
        }
        assertThat(names(spill)).containsExactly("engine-4-5-6");
    }

    private static List<String> names(Path directory) throws IOException {
        try (var paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
