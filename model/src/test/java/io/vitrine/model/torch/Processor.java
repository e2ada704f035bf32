package io.vitrine.model.torch;

import static org.assertj.core.api.Assumptions.assumeThat;

/** What this machine's processor can run. */
final class Processor {

    private Processor() {}

    /** Skips the test where oneDNN cannot pack bf16 weights for these operators. */
    static void assumeRuns(Operators operators, Precision precision) {
        boolean packs = operators == Operators.CPU || operators == Operators.CPU_TILES;
        if (packs && precision == Precision.BF16) {
            assumeThat(CpuFeatures.ofThisMachine().packsBf16())
                    .as(
                            "this processor has avx512bw, avx512vl and avx512dq, or avx_ne_convert, which oneDNN's bf16 needs")
                    .isTrue();
        }
    }
}
