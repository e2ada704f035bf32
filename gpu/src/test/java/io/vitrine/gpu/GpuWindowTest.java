package io.vitrine.gpu;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GpuWindowTest {

    private final GpuWindow window = new GpuWindow();

    private void add(
            double seconds, Double utilization, Double bytes, boolean held, Double heldSeconds, Double corrected) {
        window.add(new GpuWindow.Sample(seconds, utilization, bytes, 1000.0, held, heldSeconds, corrected, 0.01));
    }

    @Test
    void saysNothingBeforeItIsFull() {
        assertThat(window.trends()).isEqualTo(GpuTrends.NONE);
        add(0, 0.5, 10.0, false, null, null);
        add(600, 0.5, 10.0, false, null, null);
        assertThat(window.trends().utilizationMeanRatio()).isEmpty();
        assertThat(window.trends().memoryBytesPerSecond()).isEmpty();
    }

    @Test
    void meansAQuarterOfAnHour() {
        for (int t = 0; t <= 1800; t += 10) {
            add(t, t < 900 ? 1.0 : 0.25, 10.0, false, null, null);
        }
        assertThat(window.trends().utilizationMeanRatio()).hasValue(0.25);
        assertThat(window.trends().memoryBytesPerSecond()).hasValue(0);
        assertThat(window.trends().memoryFullInSeconds()).isEmpty();
    }

    @Test
    void aLineThroughNoisyMemoryHasTheRightSlope() {
        for (int t = 0; t <= 1800; t += 10) {
            add(t, null, 100 + t * 0.1 + (t / 10 % 2 == 0 ? 5 : -5), false, null, null);
        }
        assertThat(window.trends().memoryBytesPerSecond().orElseThrow()).isCloseTo(0.1, within(0.001));
        assertThat(window.trends().memoryFullInSeconds().orElseThrow()).isCloseTo((1000 - 285) / 0.1, within(150.0));
    }

    @Test
    void countsWhatACounterGrewByAlsoOverAReset() {
        add(0, null, null, false, 100.0, 50.0);
        add(10, null, null, false, 104.0, 60.0);
        add(20, null, null, false, 1.0, 7.0);
        assertThat(window.trends().throttledSeconds()).isEqualTo(5);
        assertThat(window.trends().correctedErrors()).isEqualTo(17);
    }

    @Test
    void forgetsWhatIsOlderThanItsWindow() {
        add(0, null, null, false, null, 0.0);
        add(1, null, null, false, null, 5000.0);
        add(302, null, null, false, null, 5000.0);
        assertThat(window.trends().correctedErrors()).isZero();
    }

    @Test
    void staysBoundedWhenPollsAreFast() {
        for (int i = 0; i < 3 * GpuWindow.MAX_SAMPLES; i++) {
            add(i * 0.01, 0.5, 10.0, false, null, null);
        }
        assertThat(window.trends().utilizationMeanRatio()).hasValue(0.5);
    }
}
