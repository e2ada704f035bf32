package io.vitrine.model.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** What instructions this processor has, by the kernel's names for them. */
public record CpuFeatures(Set<String> flags) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    public CpuFeatures {
        flags = Set.copyOf(flags);
    }

    /** Those of the machine this runs on; none where the kernel does not say (only Linux on x86 does). */
    public static CpuFeatures ofThisMachine() {
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            return parse(lines);
        } catch (IOException e) {
            return new CpuFeatures(Set.of());
        }
    }

    static CpuFeatures parse(Stream<String> cpuinfo) {
        return cpuinfo.filter(line -> line.startsWith("flags"))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim().split("\\s+"))
                .map(words -> new CpuFeatures(Set.copyOf(Arrays.asList(words))))
                .orElseGet(() -> new CpuFeatures(Set.of()));
    }

    /** VNNI as FBGEMM uses it: sums of int8 products in 32 bits. It has no kernel for VNNI without AVX512 ({@code avx_vnni}). */
    boolean hasInt8DotProducts() {
        return flags.contains("avx512_vnni");
    }

    boolean hasInt8Tiles() {
        return flags.contains("amx_int8");
    }

    /** What oneDNN requires before it packs bfloat16 weights. Without {@link #hasBf16DotProducts} it emulates the products. */
    boolean packsBf16() {
        return flags.contains("avx_ne_convert") || flags.containsAll(Set.of("avx512bw", "avx512vl", "avx512dq"));
    }

    boolean hasBf16DotProducts() {
        return flags.contains("avx512_bf16") || flags.contains("amx_bf16");
    }
}
