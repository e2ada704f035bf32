package io.vitrine.server.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.vitrine.gpu.CollectorState;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.server.doctor.Finding.Grade;
import io.vitrine.server.doctor.MachineFacts.Clock;
import io.vitrine.server.doctor.MachineFacts.Disk;
import io.vitrine.server.doctor.MachineFacts.Gpus;
import io.vitrine.server.doctor.MachineFacts.Java;
import io.vitrine.server.doctor.MachineFacts.Memory;
import io.vitrine.server.doctor.MachineFacts.Model;
import io.vitrine.server.doctor.MachineFacts.Port;
import io.vitrine.server.doctor.MachineFacts.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class DiagnosisTest {

    private static final long GIB = 1L << 30;
    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
    private static final Gpus NO_GPU = gpus("cpu", List.of(), Optional.empty(), false, Optional.empty());
    private static final MachineFacts WELL = new MachineFacts(
            new Java(17, "17.0.15", "/opt/jdk", true),
            new Processor("Linux", "amd64", 8, new CpuFeatures(Set.of("avx2", "avx512_vnni"))),
            new Memory(16 * GIB, 12 * GIB, GIB / 2),
            List.of(new Port("server.port", "127.0.0.1", 8080, Optional.empty(), false)),
            new Disk(Path.of("/data"), Optional.empty(), 100 * GIB, 10 * GIB),
            new Clock(NOW, Optional.of(NOW.minusSeconds(5)), Optional.of(true)),
            new Model("smollm2-135m-instruct", OptionalLong.of(GIB / 4)),
            NO_GPU,
            65_536,
            "madvise",
            Map.of());

    private static Gpus gpus(
            String device, List<String> names, Optional<String> library, boolean hasCuda, Optional<String> flavor) {
        CollectorState state = names.isEmpty() ? CollectorState.NO_LIBRARY : CollectorState.RUNNING;
        return new Gpus(device, state, state.words(), names, "570.86", library, hasCuda, flavor);
    }

    @Test
    void findsNothingToMendOnAMachineThatIsWell() {
        assertThat(Diagnosis.of(WELL))
                .allSatisfy(finding ->
                        assertThat(finding.grade()).as(finding.found()).isEqualTo(Grade.OK))
                .extracting(Finding::name)
                .containsExactly(
                        "java",
                        "processor",
                        "memory",
                        "server.port",
                        "disk",
                        "clock",
                        "model",
                        "gpu",
                        "cuda-library",
                        "file-handles",
                        "huge-pages",
                        "proxies");
    }

    @ParameterizedTest(name = "{0}: {1}, {3}")
    @MethodSource
    void namesTheFaultAndItsMend(String name, Grade grade, MachineFacts facts, String found, String mend) {
        List<Finding> notOk = Diagnosis.of(facts).stream()
                .filter(finding -> finding.grade() != Grade.OK)
                .toList();

        assertThat(notOk).singleElement().satisfies(finding -> {
            assertThat(finding.name()).isEqualTo(name);
            assertThat(finding.grade()).isEqualTo(grade);
            assertThat(finding.found()).contains(found);
            assertThat(finding.mend())
                    .hasValueSatisfying(text -> assertThat(text).contains(mend));
        });
    }

    static Stream<Arguments> namesTheFaultAndItsMend() {
        Optional<String> torch = Optional.of("/opt/torch/torch/lib");
        List<String> card = List.of("NVIDIA L4");
        return Stream.of(
                row("java", Grade.FAULT, java(new Java(11, "11.0.2", "/opt/old", true)), "Java 11.0.2", "JAVA_HOME"),
                row("processor", Grade.FAULT, processor("aarch64", "neon"), "aarch64", "Linux x86-64"),
                row("processor", Grade.WARNING, processor("amd64", "sse4_2"), "no AVX2", "AVX2 or newer"),
                row("memory", Grade.FAULT, memory(new Memory(GIB, GIB, GIB / 2)), "of 1.0 GiB", "more memory"),
                row("memory", Grade.WARNING, memory(new Memory(16 * GIB, GIB, GIB / 2)), "need about", "kv-memory"),
                row("server.port", Grade.FAULT, port("address already in use", false), "in use", "server.port=N"),
                row("disk", Grade.FAULT, disk(Optional.of("read-only"), 100 * GIB), "read-only", "--data"),
                row("disk", Grade.FAULT, disk(Optional.empty(), GIB / 2), "512 MiB free", "free at least 1.0 GiB"),
                row("disk", Grade.WARNING, disk(Optional.empty(), 2 * GIB), "up to 10.0 GiB", "max-bytes"),
                row("clock", Grade.FAULT, clock("1970-01-01T00:01:00Z", true), "1970", "set it"),
                row(
                        "clock",
                        Grade.WARNING,
                        clock("2026-11-30T00:00:00Z", true),
                        "files from 2026-12-01",
                        "set it right"),
                row("clock", Grade.WARNING, clock("2026-12-01T12:00:00Z", false), "no time service", "chrony"),
                row("model", Grade.WARNING, model("smollm2-135m-instruct"), "not in the cache", "models pull"),
                row("model", Grade.FAULT, model("/models/x.gguf"), "there is no /models/x.gguf", "--model"),
                row("gpu", Grade.FAULT, cuda("cuda:0", List.of(), true, "cu128"), "no NVIDIA driver", "driver"),
                row("gpu", Grade.FAULT, cuda("cuda:1", card, true, "cu128"), "no cuda:1", "engine.device"),
                row("gpu", Grade.WARNING, broken(), "not loaded", "modprobe nvidia"),
                row(
                        "cuda-library",
                        Grade.FAULT,
                        with(gpus("cuda:0", card, Optional.empty(), false, Optional.empty())),
                        "PYTORCH_LIBRARY_PATH is not set",
                        "pip install"),
                row(
                        "cuda-library",
                        Grade.FAULT,
                        cuda("cuda:0", card, false, "cu128"),
                        "no libtorch_cuda",
                        "CUDA build"),
                row("cuda-library", Grade.FAULT, cuda("cuda:0", card, true, "cpu"), "is cpu", "PYTORCH_FLAVOR=cu128"),
                row(
                        "cuda-library",
                        Grade.FAULT,
                        with(gpus("cuda:0", card, torch, true, Optional.empty())),
                        "not set",
                        "PYTORCH_FLAVOR=cu128"),
                row("file-handles", Grade.FAULT, handles(128), "128 files", "ulimit -n"),
                row("file-handles", Grade.WARNING, handles(1_024), "1024 files", "LimitNOFILE"),
                row("huge-pages", Grade.WARNING, hugePages("never"), "never", "madvise"),
                row("huge-pages", Grade.WARNING, hugePages(""), "does not say", "madvise"),
                row(
                        "proxies",
                        Grade.WARNING,
                        proxies(Map.of("https_proxy", "http://me:secret@proxy:3128")),
                        "proxy:3128",
                        "-Dhttps.proxyHost"));
    }

    private static Arguments row(String name, Grade grade, MachineFacts facts, String found, String mend) {
        return Arguments.of(name, grade, facts, found, mend);
    }

    @Test
    void showsNoPasswordOfAProxy() {
        assertThat(Diagnosis.of(proxies(Map.of("https_proxy", "http://me:secret@proxy:3128"))))
                .noneMatch(finding -> finding.toString().contains("secret"));
    }

    @Test
    void aPortOfARunningVitrineIsNoFault() {
        assertThat(Diagnosis.of(port("address already in use", true)))
                .allMatch(finding -> finding.grade() == Grade.OK)
                .anyMatch(finding -> finding.found().contains("runs already"));
    }

    private static MachineFacts java(Java java) {
        return copy(facts -> java, MachineFacts::processor, MachineFacts::memory);
    }

    private static MachineFacts processor(String architecture, String flag) {
        Processor processor = new Processor("Linux", architecture, 8, new CpuFeatures(Set.of(flag)));
        return copy(MachineFacts::java, facts -> processor, MachineFacts::memory);
    }

    private static MachineFacts memory(Memory memory) {
        return copy(MachineFacts::java, MachineFacts::processor, facts -> memory);
    }

    private static MachineFacts copy(
            Function<MachineFacts, Java> java,
            Function<MachineFacts, Processor> processor,
            Function<MachineFacts, Memory> memory) {
        return new MachineFacts(
                java.apply(WELL),
                processor.apply(WELL),
                memory.apply(WELL),
                WELL.ports(),
                WELL.disk(),
                WELL.clock(),
                WELL.model(),
                WELL.gpus(),
                WELL.descriptorLimit(),
                WELL.hugePages(),
                WELL.proxies());
    }

    private static MachineFacts place(List<Port> ports, Disk disk, Clock clock, Model model) {
        return new MachineFacts(
                WELL.java(),
                WELL.processor(),
                WELL.memory(),
                ports,
                disk,
                clock,
                model,
                WELL.gpus(),
                WELL.descriptorLimit(),
                WELL.hugePages(),
                WELL.proxies());
    }

    private static MachineFacts port(String problem, boolean isVitrine) {
        Port port = new Port("server.port", "127.0.0.1", 8080, Optional.of(problem), isVitrine);
        return place(List.of(port), WELL.disk(), WELL.clock(), WELL.model());
    }

    private static MachineFacts disk(Optional<String> problem, long usable) {
        return place(WELL.ports(), new Disk(Path.of("/data"), problem, usable, 10 * GIB), WELL.clock(), WELL.model());
    }

    private static MachineFacts clock(String now, boolean synchronised) {
        Clock clock =
                new Clock(Instant.parse(now), Optional.of(NOW.minus(Duration.ofMinutes(5))), Optional.of(synchronised));
        return place(WELL.ports(), WELL.disk(), clock, WELL.model());
    }

    private static MachineFacts model(String name) {
        return place(WELL.ports(), WELL.disk(), WELL.clock(), new Model(name, OptionalLong.empty()));
    }

    private static MachineFacts cuda(String device, List<String> names, boolean hasCuda, String flavor) {
        return with(gpus(device, names, Optional.of("/opt/torch/torch/lib"), hasCuda, Optional.of(flavor)));
    }

    private static MachineFacts broken() {
        CollectorState state = CollectorState.DRIVER_NOT_LOADED;
        return with(new Gpus("cpu", state, state.words(), List.of(), "", Optional.empty(), false, Optional.empty()));
    }

    private static MachineFacts with(Gpus gpus) {
        return system(gpus, WELL.descriptorLimit(), WELL.hugePages(), WELL.proxies());
    }

    private static MachineFacts handles(long limit) {
        return system(WELL.gpus(), limit, WELL.hugePages(), WELL.proxies());
    }

    private static MachineFacts hugePages(String mode) {
        return system(WELL.gpus(), WELL.descriptorLimit(), mode, WELL.proxies());
    }

    private static MachineFacts proxies(Map<String, String> proxies) {
        return system(WELL.gpus(), WELL.descriptorLimit(), WELL.hugePages(), proxies);
    }

    private static MachineFacts system(Gpus gpus, long descriptors, String hugePages, Map<String, String> proxies) {
        return new MachineFacts(
                WELL.java(),
                WELL.processor(),
                WELL.memory(),
                WELL.ports(),
                WELL.disk(),
                WELL.clock(),
                WELL.model(),
                gpus,
                descriptors,
                hugePages,
                proxies);
    }
}
