package io.vitrine.observability.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vitrine.observability.catalogue.HostMeters;
import io.vitrine.observability.catalogue.Transfer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProcFilesTest {

    @TempDir
    private Path root;

    private ProcFiles files;

    @BeforeEach
    void write() throws IOException {
        files = new ProcFiles(root);
        file("proc/meminfo", "MemTotal:       24683940 kB\nMemFree:        1000 kB\nMemAvailable:   20000000 kB\n");
        file("proc/self/status", "Name:\tjava\nVmRSS:\t  524288 kB\nThreads:\t30\n");
        file("proc/self/io", "rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\n");
        file("proc/diskstats", """
                   8       0 sda 100 1 2000 3 200 4 3000 5 0 6 7
                   8       1 sda1 100 1 2000 3 200 4 3000 5 0 6 7
                 259       0 nvme0n1 10 1 20 3 20 4 30 5 0 6 7
                   7       0 loop0 10 1 999999 3 20 4 999999 5 0 6 7
                """);
        file("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
                    lo: 999999       1    0    0    0     0          0         0   999999       1    0    0
                  eth0:1000       1    0    0    0     0          0         0   2000       1    0    0
                  eth1: 10       1    0    0    0     0          0         0   20       1    0    0
                """);
        for (String disk : new String[] {"sda", "nvme0n1", "loop0"}) {
            Files.createDirectories(root.resolve("sys/block").resolve(disk));
        }
    }

    @Test
    void readsMemoryInBytes() throws IOException {
        assertThat(files.memoryBytes("MemTotal")).isEqualTo(24_683_940.0 * 1024);
        assertThat(files.memoryBytes("MemAvailable")).isEqualTo(20_000_000.0 * 1024);
        assertThat(files.residentBytes()).isEqualTo(512.0 * 1024 * 1024);
    }

    @Test
    void addsUpWholeDisksAndNoPartitionOrLoop() throws IOException {
        assertThat(files.diskBytes(Transfer.IN)).isEqualTo(512.0 * 2020);
        assertThat(files.diskBytes(Transfer.OUT)).isEqualTo(512.0 * 3030);
    }

    @Test
    void addsUpInterfacesButTheLoopback() throws IOException {
        assertThat(files.networkBytes(Transfer.IN)).isEqualTo(1010);
        assertThat(files.networkBytes(Transfer.OUT)).isEqualTo(2020);
    }

    @Test
    void tellsWhatTheProcessMadeDisksMove() throws IOException {
        assertThat(files.processBytes(Transfer.IN)).isEqualTo(4096);
        assertThat(files.processBytes(Transfer.OUT)).isEqualTo(8192);
    }

    @Test
    void saysWhichLineIsMissing() {
        assertThatThrownBy(() -> files.memoryBytes("MemNothing")).hasMessageContaining("MemNothing");
    }

    @Test
    void leavesOutMetersWhoseFilesAreNotThere() throws IOException {
        Files.delete(root.resolve("proc/diskstats"));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();

        new HostMetrics(new Instruments(registry), files).bind(root);

        assertThat(registry.find(HostMeters.DISK_IO.name()).meters()).isEmpty();
        assertThat(registry.get(HostMeters.MEMORY.name()).gauge().value()).isEqualTo(24_683_940.0 * 1024);
        assertThat(registry.get(HostMeters.DISK_FREE.name()).gauge().value()).isPositive();
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
