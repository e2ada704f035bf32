package io.vitrine.gpu.nvml;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.vitrine.gpu.FakeDriver;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The binding against NVIDIA's own Python binding, on the same library at the same frozen moment: equal in every value and every return
 * code, also for values at the edges of their types. Where {@code VITRINE_TEST_PYTHON} names no Python with {@code nvidia-ml-py}, skipped.
 */
class NvmlDifferentialIT {

    private static final List<String> EDGES_32 = List.of("0", "1", "2147483647", "2147483648", "4294967295");
    private static final List<String> EDGES_64 = List.of(
            "0",
            "1",
            "2147483648",
            "4294967295",
            "4294967296",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615");
    private static final List<String> CODES =
            List.of("1", "2", "3", "4", "8", "13", "15", "16", "19", "24", "29", "999");
    private static final List<String> KEYS_32 = List.of(
            "minor",
            "arch",
            "persistence",
            "mig.mode",
            "mig.pending",
            "mig.max",
            "util",
            "util.mem",
            "enc",
            "enc.period",
            "dec",
            "dec.period",
            "jpg",
            "jpg.period",
            "ofa",
            "ofa.period",
            "power",
            "power.limit",
            "power.default",
            "power.min",
            "power.max",
            "threshold.0",
            "threshold.1",
            "threshold.2",
            "threshold.3",
            "fans",
            "fan.0",
            "fan.1",
            "rpm.0",
            "rpm.1",
            "clock.0",
            "clock.1",
            "clock.2",
            "clock.3",
            "clock.max.0",
            "clock.max.3",
            "pstate",
            "ecc.mode",
            "ecc.pending",
            "sram.exceeded",
            "remap.corrected",
            "remap.uncorrected",
            "remap.pending",
            "remap.failure",
            "banks.max",
            "banks.high",
            "banks.partial",
            "banks.low",
            "banks.none",
            "pcie.0",
            "pcie.1",
            "pcie.replay",
            "pcie.gen",
            "pcie.width",
            "sms",
            "slices.gpu",
            "slices.compute",
            "mig1.gi",
            "mig1.ci",
            "mig1.sms");
    private static final List<String> KEYS_64 = List.of(
            "mem.total",
            "mem.used",
            "mem.reserved",
            "bar1.total",
            "bar1.used",
            "energy",
            "throttle",
            "ecc.0.0",
            "ecc.0.1",
            "ecc.1.0",
            "ecc.1.1",
            "sram.uncorrected",
            "sram.corrected",
            "events",
            "mem.mib",
            "mig1.mem.total",
            "mig1.mem.used");
    private static final List<String> SYMBOLS = Arrays.stream(NvmlSymbol.values())
            .filter(symbol -> symbol.exported().startsWith("nvmlDeviceGet"))
            .filter(symbol -> symbol != NvmlSymbol.COUNT && symbol != NvmlSymbol.HANDLE_BY_INDEX)
            .map(NvmlSymbol::exported)
            .toList();
    private static final List<FieldValue.Request> FIELDS = fields();
    private static final int[] PROFILING = {1, 2, 3, 10, 20, 249};

    private static String python;

    @BeforeAll
    static void findPython() throws IOException, InterruptedException {
        python = OfficialHeaderIT.python();
        assertThat(run("-c", "import pynvml; pynvml.nvmlDeviceGetUnrepairableMemoryFlag_v1"))
                .as(python + " must have nvidia-ml-py==13.615.71")
                .isPresent();
    }

    @Test
    void agreeOnAGpuThatIsWell() {
        agree(FakeDriver.oneGpu()
                .set(
                        "name.4242=java",
                        "gpu0.proc.0=4242,1073741824,4294967295,4294967295",
                        "gpu0.fans=2",
                        "gpu0.fan.0=30"));
    }

    @Test
    void agreeThatThereIsNoDriver() {
        agree(FakeDriver.oneGpu().set("ret.nvmlInitWithFlags=9"));
        agree(FakeDriver.oneGpu().set("count=0"));
    }

    @Test
    void agreeOnALostGpuBesideOneThatIsWell() {
        agree(FakeDriver.oneGpu().set("count=2", "ret.gpu0=15").gpu(1));
    }

    @Test
    void agreeOnAnOldDriver() {
        agree(FakeDriver.create(FakeDriver.Build.OLD).set("count=1").gpu(0));
    }

    @Test
    void agreeOnTheMiddleOfARamp() {
        agree(FakeDriver.oneGpu()
                .set("@10..20 gpu0.mem.used=lerp(0,1000000)", "@0..30 gpu0.power=lerp(0,7)")
                .at(17));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void agreeAtTheEdgesOfTheTypes(long seed) {
        agree(fuzzed(new Random(seed)));
    }

    private static FakeDriver fuzzed(Random random) {
        List<String> lines = new ArrayList<>(List.of("count=1", "driver=" + "9".repeat(79), "cuda=-2147483648"));
        lines.add("gpu0.uuid=GPU-1");
        lines.add("gpu0.name=" + "n".repeat(95));
        lines.add("gpu0.serial=" + "1".repeat(29));
        lines.add("gpu0.temp=" + (random.nextBoolean() ? "-40" : "-2147483648"));
        lines.add("gpu0.temp.max=2147483647");
        lines.add("gpu0.margin=-1");
        lines.add("gpu0.pci=FFFFFFFF:FF:1F.7");
        lines.add("gpu0.mig1.uuid=MIG-" + "m".repeat(80));
        lines.add("gpu0.gpm=1");
        KEYS_32.forEach(key -> lines.add("gpu0." + key + "=" + oneOf(EDGES_32, random)));
        KEYS_64.forEach(key -> lines.add("gpu0." + key + "=" + oneOf(EDGES_64, random)));
        for (FieldValue.Request field : FIELDS) {
            int type = random.nextInt(7);
            String value = type == 0
                    ? Double.toString(random.nextGaussian() * 1e300)
                    : type == 4 || type == 5 ? "-" + oneOf(EDGES_32, random) : oneOf(EDGES_64, random);
            lines.add("gpu0.fv." + field.field() + "=" + (random.nextInt(5) == 0 ? "ret:3" : type + ":" + value));
        }
        for (int id : PROFILING) {
            lines.add("gpu0.gpm." + id + "=" + random.nextDouble());
        }
        for (int i = 0; i < random.nextInt(2) * 64; i++) {
            lines.add("gpu0.proc." + i + "=" + oneOf(EDGES_32, random) + "," + oneOf(EDGES_64, random) + ",4294967295,"
                    + oneOf(EDGES_32, random));
        }
        for (int i = 0; i < 8; i++) {
            lines.add("ret." + oneOf(SYMBOLS, random) + "=" + oneOf(CODES, random));
        }
        return FakeDriver.create(FakeDriver.Build.NEW).set(lines.toArray(String[]::new));
    }

    private static String oneOf(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private static void agree(FakeDriver driver) {
        String ours = NvmlDump.of(driver.library().toString(), FIELDS, PROFILING);
        assertThat(ours).isEqualTo(theirs(driver));
        assertThat(ours.lines()).isNotEmpty();
    }

    private static String theirs(FakeDriver driver) {
        String fields = FIELDS.stream()
                .map(one -> one.field() + ":" + Integer.toUnsignedString(one.scope()))
                .collect(Collectors.joining(","));
        String profiling = Arrays.stream(PROFILING).mapToObj(Integer::toString).collect(Collectors.joining(","));
        ProcessBuilder builder = new ProcessBuilder(
                python, Path.of("src/test/python/nvml_dump.py").toString(), fields, profiling);
        builder.environment()
                .put("LD_LIBRARY_PATH", driver.library().getParent().toString());
        builder.environment().put("FAKE_NVML_STATE", driver.state().toString());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        try {
            return output(builder)
                    .orElseThrow(() -> new AssertionError("the Python side failed"))
                    .strip();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Optional<String> run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python));
        command.addAll(List.of(arguments));
        return output(new ProcessBuilder(command));
    }

    private static Optional<String> output(ProcessBuilder builder) throws IOException, InterruptedException {
        Path output = Files.createTempFile("nvml", ".txt");
        Process process;
        try {
            process = builder.redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException notThere) {
            return Optional.empty();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() == 0
                ? Optional.of(Files.readString(output, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static List<FieldValue.Request> fields() {
        List<FieldValue.Request> fields = new ArrayList<>();
        for (int id : new int[] {3, 4, 5, 6, 29, 31, 74, 82, 83, 91, 142, 145, 165, 185, 193, 197, 230, 269, 999}) {
            fields.add(new FieldValue.Request(id, 0));
        }
        fields.add(new FieldValue.Request(165, 1));
        fields.add(new FieldValue.Request(138, FieldValue.ALL_LINKS));
        return List.copyOf(fields);
    }
}
