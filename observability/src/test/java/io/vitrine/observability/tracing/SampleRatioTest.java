package io.vitrine.observability.tracing;

import java.util.Random;

import io.opentelemetry.api.trace.TraceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SampleRatioTest {

    private static final TraceState NONE = TraceState.getDefault();

    /** From the specification of OpenTelemetry's trace state: the ratio and its threshold. */
    @ParameterizedTest
    @CsvSource({"1,th:0", "0.5,th:8", "0.25,th:c", "0.125,th:e", "0.75,th:4", "0.0625,th:f"})
    void writesTheThresholdOfTheSpecification(double ratio, String written) {
        assertThat(SampleRatio.of(ratio).writtenTo(NONE).get("ot")).isEqualTo(written);
        assertThat(SampleRatio.of(ratio).adjustedCount()).isCloseTo(1 / ratio, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "00000000000000000080000000000000,true",
        "0000000000000000007fffffffffffff,false",
        "ffffffffffffffffff7fffffffffffff,false",
        "000000000000000000ffffffffffffff,true"
    })
    void goesByTheLast56BitsOfTheTraceId(String traceId, boolean kept) {
        assertThat(SampleRatio.of(0.5).keeps(traceId, NONE)).isEqualTo(kept);
    }

    @Test
    void goesByTheCallersRandomNumberIfThereIsOneAndKeepsIt() {
        TraceState state = TraceState.builder()
                .put("ot", "rv:80000000000000;th:4")
                .put("other", "x")
                .build();
        SampleRatio half = SampleRatio.of(0.5);

        assertThat(half.keeps("0".repeat(32), state)).isTrue();
        assertThat(half.writtenTo(state).get("ot")).isEqualTo("th:8;rv:80000000000000");
        assertThat(half.writtenTo(state).get("other")).isEqualTo("x");
    }

    @Test
    void leavesOtherSubKeysAsTheyAre() {
        TraceState state = TraceStates.parse("ot=ab:1;th:4;cd:x y");

        assertThat(SampleRatio.of(0.5).writtenTo(state).get("ot")).isEqualTo("th:8;ab:1;cd:x y");
    }

    @Test
    void aStricterThresholdHoldsForBoth() {
        assertThat(SampleRatio.of(0.5).and(SampleRatio.of(0.25)).adjustedCount())
                .isEqualTo(4);
        assertThat(SampleRatio.of(0.25).and(SampleRatio.of(0.5)).adjustedCount())
                .isEqualTo(4);
    }

    @Test
    void aRandomNumberThatIsNoneIsNotGoneBy() {
        TraceState state = TraceState.builder().put("ot", "rv:zz").build();

        assertThat(SampleRatio.of(0.5).keeps("0".repeat(32), state)).isFalse();
    }

    @Test
    void keepsEverythingAtOneAndNothingAtZero() {
        for (String traceId : new String[] {"0".repeat(31) + "1", "f".repeat(32)}) {
            assertThat(SampleRatio.of(1).keeps(traceId, NONE)).isTrue();
            assertThat(SampleRatio.of(0).keeps(traceId, NONE)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5})
    void theKeptOnesTimesTheirCountGiveAll(double ratio) {
        Random random = new Random(3);
        SampleRatio sample = SampleRatio.of(ratio);
        int all = 100_000;
        double estimate = 0;
        for (int i = 0; i < all; i++) {
            String traceId = String.format("%016x%016x", random.nextLong(), random.nextLong());
            estimate += sample.keeps(traceId, NONE) ? sample.adjustedCount() : 0;
        }
        // Five standard deviations.
        assertThat(estimate).isCloseTo(all, within(5 * Math.sqrt(all * (1 - ratio) / ratio)));
    }
}
