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
        assertThat(fastestWith("avx512_bf16")).isEqualTo(Precision.BF16);
        assertThat(fastestWith("avx2")).isEqualTo(Precision.FLOAT32);
    }

    /** Its kernels for AVX2 do not use VNNI. */
    @Test
    void prefersFloat32WhereFbgemmHasNoKernelForVnni() {
        assertThat(fastestWith("avx2", "avx_vnni")).isEqualTo(Precision.FLOAT32);
        assertThat(fastestWith("avx512f", "avx512bw", "avx512vl", "avx512dq")).isEqualTo(Precision.FLOAT32);
    }

    @Test
    void computesInTilesOnAProcessorThatHasThemAndNowhereElse() {
        assertThat(on(Precision.INT8, "avx512_vnni", "amx_int8")).isEqualTo(Operators.CPU_TILES);
        assertThat(on(Precision.INT8, "avx512_vnni")).isEqualTo(Operators.CPU);
        for (Precision precision : Precision.values()) {
            var tiles = new CpuFeatures(Set.of("avx512_vnni", "amx_int8"));
            assertThat(Operators.on(TorchDevice.cuda(0), precision, tiles)).isEqualTo(Operators.GPU);
        }
    }

    @Test
    void avoidsOverflowOfInt8PairsWithoutVnni() {
        assertThat(on(Precision.INT8, "avx2")).isEqualTo(Operators.CPU_AVX2);
        assertThat(on(Precision.INT8, "avx2", "avx_vnni")).isEqualTo(Operators.CPU_AVX2);
        assertThat(on(Precision.INT8, "avx512f", "avx512bw", "avx512vl", "avx512dq"))
                .isEqualTo(Operators.CPU_AVX2);
    }

    @Test
    void leavesBf16ToOneDnnOnlyWhereItCanPackIt() {
        assertThat(on(Precision.BF16, "avx512bw", "avx512vl", "avx512dq")).isEqualTo(Operators.CPU);
        assertThat(on(Precision.BF16, "avx_ne_convert")).isEqualTo(Operators.CPU);
        assertThat(on(Precision.BF16, "avx2")).isEqualTo(Operators.CPU_AVX2);
        assertThat(on(Precision.BF16, "avx512f", "avx512bw")).isEqualTo(Operators.CPU_AVX2);
    }

    @Test
    void computesFloat32AlikeOnEveryProcessor() {
        assertThat(on(Precision.FLOAT32)).isEqualTo(Operators.CPU);
        assertThat(on(Precision.FLOAT32, "avx512_vnni", "amx_int8")).isEqualTo(Operators.CPU);
    }

    @Test
    void namesTheReasonForTheFastestPrecision() {
        assertThat(Precision.whyFastestFor(new CpuFeatures(Set.of("avx512_vnni"))))
                .isEqualTo("AVX512-VNNI");
        assertThat(Precision.whyFastestFor(new CpuFeatures(Set.of("avx512_bf16"))))
                .isEqualTo("bfloat16 dot products, no AVX512-VNNI");
        assertThat(Precision.whyFastestFor(new CpuFeatures(Set.of("avx2"))))
                .isEqualTo("no AVX512-VNNI, no bfloat16 dot products");
    }

    @Test
    void namesTheFallbackOnlyWhereInstructionsAreMissing() {
        var avx2 = new CpuFeatures(Set.of("avx2"));
        var avx512 = new CpuFeatures(Set.of("avx512bw", "avx512vl", "avx512dq", "avx512_vnni"));
        assertThat(Precision.BF16.fallbackOn(avx2)).hasValue("no AVX512: products in float32");
        assertThat(Precision.INT8.fallbackOn(avx2))
                .hasValue("no AVX512-VNNI: coarser scales where sums of two products exceed 16 bits");
        assertThat(Precision.FLOAT32.fallbackOn(avx2)).isEmpty();
        for (Precision precision : Precision.values()) {
            assertThat(precision.fallbackOn(avx512)).isEmpty();
        }
    }

    private static Operators on(Precision precision, String... flags) {
        return Operators.on(TorchDevice.CPU, precision, new CpuFeatures(Set.of(flags)));
    }

    private static Precision fastestWith(String... flags) {
        return Precision.fastestFor(new CpuFeatures(Set.of(flags)));
    }
}
