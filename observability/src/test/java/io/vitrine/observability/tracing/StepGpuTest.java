package io.vitrine.observability.tracing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.CudaGpu;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.observability.ModelGpu;
import io.vitrine.observability.TestGpus;
import io.vitrine.observability.catalogue.SpanAttributes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StepGpuTest {

    private static final long SECOND = 1_000_000_000L;
    private static final ModelGpu GPU = new ModelGpu("cuda:0", CudaGpu.atIndex(0), Duration.ofSeconds(3));
    private static final Map<GpuMetric, Double> VALUES = Map.of(
            GpuMetric.UTILIZATION_RATIO, 0.75,
            GpuMetric.MEMORY_OCCUPIED_RATIO, 0.5,
            GpuMetric.MEMORY_OCCUPIED_BYTES, 4e10);

    /** NVML's bit of clocks held by the software for heat. */
    private static final long SW_THERMAL = 0x20;

    @Test
    void aStepSaysHowItsGpuWas() {
        Attributes attributes = described(GPU, snapshot(10 * SECOND, true, VALUES, 0), 11 * SECOND);

        assertThat(attributes.asMap())
                .isEqualTo(Attributes.builder()
                        .put(SpanAttributes.GPU_ID, "cuda:0")
                        .put(SpanAttributes.HARDWARE_ID, "GPU-1")
                        .put(SpanAttributes.GPU_UTILIZATION, 0.75)
                        .put(SpanAttributes.GPU_MEMORY_UTILIZATION, 0.5)
                        .put(SpanAttributes.GPU_MEMORY_USAGE, 40_000_000_000L)
                        .put(SpanAttributes.GPU_THROTTLED, false)
                        .put(SpanAttributes.GPU_READING_AGE, SECOND)
                        .build()
                        .asMap());
    }

    @Test
    void whatHeldTheClocksIsNamed() {
        Attributes attributes = described(GPU, snapshot(0, true, VALUES, SW_THERMAL), 0);

        assertThat(attributes.get(SpanAttributes.GPU_THROTTLED)).isTrue();
        assertThat(attributes.get(SpanAttributes.GPU_THROTTLE_REASONS)).isEqualTo("sw_thermal");
    }

    @Test
    void whatTheCardDoesNotTellIsAbsent() {
        Attributes attributes = described(GPU, snapshot(0, true, Map.of(), 0), 0);

        assertThat(attributes.get(SpanAttributes.HARDWARE_ID)).isEqualTo("GPU-1");
        assertThat(attributes.get(SpanAttributes.GPU_UTILIZATION)).isNull();
        assertThat(attributes.get(SpanAttributes.GPU_MEMORY_USAGE)).isNull();
    }

    @Test
    void anOldReadingSaysNothing() {
        GpuSnapshot old = snapshot(0, true, VALUES, 0);

        assertThat(described(GPU, old, 3 * SECOND).get(SpanAttributes.GPU_UTILIZATION))
                .isEqualTo(0.75);
        assertThat(described(GPU, old, 3 * SECOND + 1)).isEqualTo(Attributes.of(SpanAttributes.GPU_ID, "cuda:0"));
    }

    @Test
    void aReadingThatCameWhileTheStepWasToldHasNoAge() {
        assertThat(described(GPU, snapshot(5, true, VALUES, 0), 3).get(SpanAttributes.GPU_READING_AGE))
                .isZero();
    }

    @Test
    void aLostCardAnotherCardOrNoReadingLeaveTheNameAlone() {
        Attributes nameAlone = Attributes.of(SpanAttributes.GPU_ID, "cuda:0");

        assertThat(described(GPU, snapshot(0, false, Map.of(), 0), 0)).isEqualTo(nameAlone);
        assertThat(described(GPU, null, 0)).isEqualTo(nameAlone);
        ModelGpu other = new ModelGpu("cuda:1", CudaGpu.atIndex(1), Duration.ofSeconds(3));
        assertThat(described(other, snapshot(0, true, VALUES, 0), 0))
                .isEqualTo(Attributes.of(SpanAttributes.GPU_ID, "cuda:1"));
    }

    @Test
    void aModelOnTheProcessorSaysNothing() {
        assertThat(described(null, snapshot(0, true, VALUES, 0), 0)).isEqualTo(Attributes.empty());
    }

    @Test
    void nothingIsKnownWhileTheDriverDoesNotAnswer() {
        LatestGpus gpus = new LatestGpus();
        assertThat(gpus.latestOrNull()).isNull();

        GpuSnapshot snapshot = snapshot(0, true, VALUES, 0);
        gpus.snapshotTaken(snapshot);
        assertThat(gpus.latestOrNull()).isSameAs(snapshot);

        gpus.collectorUnresponsive(new CollectorStatus(CollectorState.UNRESPONSIVE, "", EventState.ALIVE));
        assertThat(gpus.latestOrNull()).isNull();
    }

    @Test
    void refusesAPlaceThatIsNone() {
        assertThatThrownBy(() -> new ModelGpu("cuda:-1", CudaGpu.atIndex(-1), Duration.ZERO))
                .hasMessage("index must be >= 0: -1");
        assertThatThrownBy(() -> new ModelGpu("cuda:0", CudaGpu.atIndex(0), Duration.ofSeconds(-1)))
                .hasMessage("freshFor must be >= 0: PT-1S");
    }

    private static Attributes described(@Nullable ModelGpu gpu, @Nullable GpuSnapshot snapshot, long endNanos) {
        AttributesBuilder attributes = Attributes.builder();
        StepGpu.describe(attributes, gpu, snapshot, endNanos);
        return attributes.build();
    }

    private static GpuSnapshot snapshot(
            long atNanos, boolean answering, Map<GpuMetric, Double> values, long throttleBits) {
        GpuReading reading = new GpuReading(
                TestGpus.CARD,
                1,
                answering,
                values,
                Map.of(),
                throttleBits,
                List.of(),
                List.of(),
                List.of(),
                GpuTrends.NONE,
                GpuHealth.GOOD);
        return new GpuSnapshot(
                atNanos,
                Instant.EPOCH,
                1,
                new CollectorStatus(CollectorState.RUNNING, "", EventState.ALIVE),
                DriverInfo.NONE,
                List.of(reading),
                0,
                0);
    }
}
