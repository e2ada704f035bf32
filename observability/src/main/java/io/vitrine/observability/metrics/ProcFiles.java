package io.vitrine.observability.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.observability.catalogue.Transfer;

/**
 * Reads the Linux kernel's own numbers (proc(5)): a handful of lines, for which a library would bring a binding to the
 * whole operating system. Any thread.
 *
 * @param root of the file system, {@code /} but in tests
 */
record ProcFiles(Path root) {

    private static final long KIBIBYTE = 1024;

    /** Unit of {@code /proc/diskstats}, whatever the disk's own is. */
    private static final long SECTOR_BYTES = 512;

    private static final int DISK_NAME = 2;
    private static final int SECTORS_READ = 5;
    private static final int SECTORS_WRITTEN = 9;
    private static final int BYTES_RECEIVED = 0;
    private static final int BYTES_SENT = 8;

    /** Disks made of others, or of memory: their bytes would count twice, or are no disk's. */
    private static final Set<String> VIRTUAL = Set.of("loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd");

    double memoryBytes(String field) throws IOException {
        return KIBIBYTE * field("proc/meminfo", field);
    }

    double residentBytes() throws IOException {
        return KIBIBYTE * field("proc/self/status", "VmRSS");
    }

    double processBytes(Transfer direction) throws IOException {
        return switch (direction) {
            case IN -> field("proc/self/io", "read_bytes");
            case OUT -> field("proc/self/io", "write_bytes");
        };
    }

    /** Of all whole disks; a partition's bytes are its disk's. */
    double diskBytes(Transfer direction) throws IOException {
        Set<String> disks = disks();
        double sectors = 0;
        for (String line : lines("proc/diskstats")) {
            String[] columns = line.strip().split("\\s+", -1);
            if (disks.contains(columns[DISK_NAME])) {
                sectors += Double.parseDouble(columns[direction == Transfer.IN ? SECTORS_READ : SECTORS_WRITTEN]);
            }
        }
        return SECTOR_BYTES * sectors;
    }

    double networkBytes(Transfer direction) throws IOException {
        double bytes = 0;
        for (String line : lines("proc/net/dev")) {
            String[] nameAndNumbers = line.split(":", 2);
            if (nameAndNumbers.length == 2 && !nameAndNumbers[0].strip().equals("lo")) {
                String[] columns = nameAndNumbers[1].strip().split("\\s+", -1);
                bytes += Double.parseDouble(columns[direction == Transfer.IN ? BYTES_RECEIVED : BYTES_SENT]);
            }
        }
        return bytes;
    }

    private Set<String> disks() throws IOException {
        try (Stream<Path> names = Files.list(root.resolve("sys/block"))) {
            return names.map(path -> path.getFileName().toString())
                    .filter(name -> VIRTUAL.stream().noneMatch(name::startsWith))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** The number of a line {@code name: number kB}. */
    private double field(String file, String name) throws IOException {
        for (String line : lines(file)) {
            if (line.startsWith(name + ":")) {
                return Double.parseDouble(
                        line.substring(name.length() + 1).replace("kB", "").strip());
            }
        }
        throw new NoSuchFileException(file, null, "no line " + name);
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(root.resolve(file));
    }
}
