package io.vitrine.model.torch;

import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CpuFeaturesTest {

    @Test
    void readsTheFlagsOfTheFirstProcessor() {
        Stream<String> cpuinfo = Stream.of("processor\t: 0", "flags\t\t: fpu avx2 avx512_vnni", "flags\t\t: none");
        assertThat(CpuFeatures.parse(cpuinfo).flags()).containsExactlyInAnyOrder("fpu", "avx2", "avx512_vnni");
    }

    @Test
    void knowsNothingWhereTheKernelSaysNothing() {
        assertThat(CpuFeatures.parse(Stream.of("Processor: some other architecture"))
                        .flags())
                .isEmpty();
    }

    @Test
    void prefersInt8ThenBf16ThenFloat32() {
        assertThat(fastestWith("avx512_vnni", "avx512_bf16")).isEqualTo(Precision.INT8);
        assertThat(fastestWith("avx_vnni")).isEqualTo(Precision.INT8);
        assertThat(fastestWith("avx512_bf16")).isEqualTo(Precision.BF16);
        assertThat(fastestWith("avx2")).isEqualTo(Precision.FLOAT32);
    }

    @Test
    void computesInTilesOnAProcessorThatHasThemAndNowhereElse() {
        var tiles = new CpuFeatures(Set.of("avx512_vnni", "amx_int8"));
        var none = new CpuFeatures(Set.of("avx512_vnni"));
        assertThat(Operators.on(TorchDevice.CPU, tiles)).isEqualTo(Operators.CPU_TILES);
        assertThat(Operators.on(TorchDevice.CPU, none)).isEqualTo(Operators.CPU);
        assertThat(Operators.on(TorchDevice.cuda(0), tiles)).isEqualTo(Operators.GPU);
    }

    private static Precision fastestWith(String... flags) {
        return Precision.fastestFor(new CpuFeatures(Set.of(flags)));
    }
}
