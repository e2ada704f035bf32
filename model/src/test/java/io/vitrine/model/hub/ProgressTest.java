package io.vitrine.model.hub;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressTest {

    private static final String REDRAW = "\r\u001b[K";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private long now = 5_000_000_000L;

    @Test
    void linesComeEveryTenthOfTheTransfer() {
        DownloadProgress lines = DownloadProgress.on(out, false, () -> now);

        lines.note("Fetching tiny");
        lines.started("tiny from hub", 0, OptionalLong.of(100_000_000));
        for (int percent = 1; percent <= 100; percent++) {
            now += 100_000_000;
            lines.advanced(percent * 1_000_000L);
        }
        lines.finished();

        assertThat(text().lines())
                .containsExactly(
                        "Fetching tiny",
                        "tiny from hub: 100.0 MB",
                        "   10 %, 10.0 of 100.0 MB, 10.0 MB/s, 0:09 left",
                        "   20 %, 20.0 of 100.0 MB, 10.0 MB/s, 0:08 left",
                        "   30 %, 30.0 of 100.0 MB, 10.0 MB/s, 0:07 left",
                        "   40 %, 40.0 of 100.0 MB, 10.0 MB/s, 0:06 left",
                        "   50 %, 50.0 of 100.0 MB, 10.0 MB/s, 0:05 left",
                        "   60 %, 60.0 of 100.0 MB, 10.0 MB/s, 0:04 left",
                        "   70 %, 70.0 of 100.0 MB, 10.0 MB/s, 0:03 left",
                        "   80 %, 80.0 of 100.0 MB, 10.0 MB/s, 0:02 left",
                        "   90 %, 90.0 of 100.0 MB, 10.0 MB/s, 0:01 left",
                        "  done: 100.0 MB in 0:10");
    }

    @Test
    void linesComeEveryTenSecondsWhenItIsSlow() {
        DownloadProgress lines = DownloadProgress.on(out, false, () -> now);

        lines.started("tiny", 0, OptionalLong.of(1_000_000));
        for (int second = 1; second <= 25; second++) {
            now += 1_000_000_000;
            lines.advanced(second * 100L);
        }

        assertThat(text().lines())
                .containsExactly(
                        "tiny: 1.0 MB",
                        "    0 %, 0.0 of 1.0 MB, 100 B/s, 2:46:30 left",
                        "    0 %, 0.0 of 1.0 MB, 100 B/s, 2:46:20 left");
    }

    @Test
    void linesDoWithoutATotal() {
        DownloadProgress lines = DownloadProgress.on(out, false, () -> now);

        lines.started("tiny", 0, OptionalLong.empty());
        now += 10_000_000_000L;
        lines.advanced(20_000);

        assertThat(text().lines()).containsExactly("tiny", "  20.0 kB, 2.0 kB/s");
    }

    @Test
    void whatWasHereBeforeDoesNotCountForTheRate() {
        DownloadProgress lines = DownloadProgress.on(out, false, () -> now);

        lines.started("tiny", 40_000_000, OptionalLong.of(100_000_000));
        now += 1_000_000_000L;
        lines.advanced(50_000_000);

        assertThat(text().lines())
                .containsExactly(
                        "tiny: 100.0 MB, 40.0 MB already here", "   50 %, 50.0 of 100.0 MB, 10.0 MB/s, 0:05 left");
    }

    @Test
    void theBarIsRedrawnInPlaceTenTimesASecondAtMost() {
        DownloadProgress bar = DownloadProgress.on(out, true, () -> now);

        bar.started("tiny from hub", 0, OptionalLong.of(1000));
        for (int step = 1; step <= 20; step++) {
            now += 10_000_000;
            bar.advanced(step * 50L);
        }
        bar.finished();

        assertThat(text())
                .isEqualTo("tiny from hub\n"
                        + REDRAW + "  [....................]  0 %, 0.0 of 1.0 kB, 0 B/s"
                        + REDRAW + "  [##########..........]  50 %, 0.5 of 1.0 kB, 5.0 kB/s, 0:00 left"
                        + REDRAW + "  [####################]  100 %, 1.0 of 1.0 kB, 5.0 kB/s, 0:00 left"
                        + REDRAW + "  [####################]  1.0 kB in 0:00\n");
    }

    @Test
    void aNoteTakesThePlaceOfTheBar() {
        DownloadProgress bar = DownloadProgress.on(out, true, () -> now);

        bar.started("tiny", 0, OptionalLong.of(1000));
        bar.note("The connection is lost");

        assertThat(text()).endsWith(REDRAW + "The connection is lost\n");
    }

    @Test
    void bytesAreWrittenForPeople() {
        assertThat(ByteCount.describe(0)).isEqualTo("0 B");
        assertThat(ByteCount.describe(999)).isEqualTo("999 B");
        assertThat(ByteCount.describe(1000)).isEqualTo("1.0 kB");
        assertThat(ByteCount.describe(999_949)).isEqualTo("999.9 kB");
        assertThat(ByteCount.describe(999_950)).isEqualTo("1.0 MB");
        assertThat(ByteCount.describe(98_362_432)).isEqualTo("98.4 MB");
        assertThat(ByteCount.describe(5, 98_362_432)).isEqualTo("0.0 of 98.4 MB");
        assertThat(ByteCount.describe(Long.MAX_VALUE)).isEqualTo("9223372.0 TB");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
