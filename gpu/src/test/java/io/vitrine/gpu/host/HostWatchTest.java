package io.vitrine.gpu.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.vitrine.gpu.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class HostWatchTest {

    @TempDir
    private Path root;

    private final ManualClock clock = new ManualClock();

    @Test
    void readsTheFilesOnceInAWhileHoweverOftenItIsAsked() throws IOException {
        HostWatch host = new HostWatch(new HostReader(root, clock), clock, Duration.ofSeconds(1));
        load("1.5");
        HostReading first = host.reading();
        load("2.5");
        clock.advance(Duration.ofMillis(999));
        assertThat(host.reading()).isSameAs(first);

        clock.advance(Duration.ofMillis(1));
        assertThat(host.reading().value(HostMetric.LOAD_AVERAGE)).hasValue(2.5);
    }

    @Test
    void aModelThatComesIsInTheNextReading() {
        HostWatch host = new HostWatch(new HostReader(root, clock), clock, Duration.ofHours(1));
        HostMetric bandwidth = HostMetric.MEMORY_BANDWIDTH_BYTES_PER_SECOND;
        assertThat(host.reading().tells(bandwidth)).isFalse();

        host.countStepBytes(() -> 0);

        assertThat(host.reading().tells(bandwidth)).isTrue();
    }

    private void load(String average) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/loadavg"), average + " 0.50 0.25 1/100 4242\n");
    }
}
