package io.vitrine.gpu;

import java.util.Optional;

import io.vitrine.gpu.nvml.CudaDriver;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CudaGpuTest {

    private static final GpuIdentity FIRST = card(0, "GPU-aaaa-1", "00000000:3B:00.0");
    private static final GpuIdentity SECOND = card(1, "GPU-bbbb-2", "00000001:5E:00.0");

    @Test
    void theDriversBusIdCountsWhateverTheOrder() {
        CudaGpu gpu = CudaGpu.of(0, Optional.of("0001:5e:00.0"));

        assertThat(gpu.is(SECOND)).isTrue();
        assertThat(gpu.is(FIRST)).isFalse();
    }

    @Test
    void withoutADriverToAskItIsTheSamePlace() {
        assertThat(CudaGpu.of(1, Optional.empty()).is(SECOND)).isTrue();
        assertThat(CudaGpu.of(0, Optional.empty()).is(SECOND)).isFalse();
    }

    @Test
    void aCardThatDoesNotSayItsBusIdIsKnownByItsPlace() {
        CudaGpu gpu = CudaGpu.of(1, Optional.of("0000:3b:00.0"));

        assertThat(gpu.is(card(1, "index-1", ""))).isTrue();
    }

    @Test
    void withoutCudasLibraryNothingIsKnown() {
        assertThat(CudaDriver.pciBusId("libcuda-of-no-machine.so.1", 0)).isEmpty();
    }

    private static GpuIdentity card(int index, String uuid, String busId) {
        return new GpuIdentity(index, uuid, "H200", busId, "", "", "", "");
    }
}
