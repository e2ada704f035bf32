package io.vitrine.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.sun.jna.NativeLibrary;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The fake libnvidia-ml.so.1 of {@code src/test/c}, built by gcc on first use, and the state file that tells it what to say. One at a
 * time in a process, as the library is.
 */
public final class FakeDriver {

    /** How the library is built. */
    public enum Build {
        /** All the symbols of a driver of today. */
        NEW,
        /** Without the newer ones. */
        OLD
    }

    private static final Path SOURCE =
            Path.of("../gpu/src/test/c/fake_nvml.c").toAbsolutePath().normalize();
    private static final Path FOLDER = Path.of("target/fake-nvml").toAbsolutePath();
    /** Held for ever: JNA unloads a library that nobody holds, and the fake would forget what to read. */
    private static final Map<Build, NativeLibrary> BUILT = new EnumMap<>(Build.class);

    private final Path library;
    private final Path state;
    private final Path log;
    private final List<String> lines = new ArrayList<>();
    private double atSeconds;
    private int version;

    private FakeDriver(Path library, Path state, Path log) {
        this.library = library;
        this.state = state;
        this.log = log;
    }

    /** A driver with nothing to tell, at second 0. Skips the test where there is no gcc, but not on the build server. */
    public static FakeDriver create(Build build) {
        requireCompiler();
        Path library = library(build);
        try {
            Path folder = Files.createTempDirectory(FOLDER, "run");
            FakeDriver driver = new FakeDriver(library, folder.resolve("state"), folder.resolve("log"));
            driver.write();
            BUILT.get(build)
                    .getFunction("fakeNvmlUse")
                    .invokeVoid(new Object[] {driver.state.toString(), driver.log.toString()});
            return driver;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A driver of today with one GPU that is well. */
    public static FakeDriver oneGpu() {
        return create(Build.NEW).set("count=1").gpu(0);
    }

    /** A GPU that has everything: a data centre card of the Hopper generation, idle. */
    public FakeDriver gpu(int index) {
        String gpu = "gpu" + index + ".";
        set("driver=570.86.10", "nvml=12.570.86.10", "cuda=12080");
        for (String line : List.of(
                "uuid=GPU-0000000" + index,
                "name=NVIDIA H100 80GB HBM3",
                "serial=165012345" + index,
                "minor=" + index,
                "vbios=96.00.74.00.01",
                "pci=00000000:" + (3 + index) + "B:00.0",
                "arch=9",
                "cc.major=9",
                "cc.minor=0",
                "persistence=1",
                "util=0",
                "util.mem=0",
                "enc=0",
                "dec=0",
                "jpg=0",
                "ofa=0",
                "mem.total=85899345920",
                "mem.used=1073741824",
                "mem.reserved=536870912",
                "bar1.total=137438953472",
                "bar1.used=1048576",
                "power=70000",
                "power.limit=700000",
                "power.default=700000",
                "power.min=200000",
                "power.max=700000",
                "energy=5000000",
                "temp=35",
                "temp.max=38",
                "margin=50",
                "threshold.0=90",
                "threshold.1=87",
                "threshold.2=95",
                "threshold.3=87",
                "clock.0=345",
                "clock.1=345",
                "clock.2=2619",
                "clock.max.1=1980",
                "clock.max.2=2619",
                "pstate=0",
                "throttle=1",
                "ecc.mode=1",
                "sram.exceeded=0",
                "banks.max=2560",
                "banks.none=0",
                "unrepairable=0",
                "pcie.gen=5",
                "pcie.gen.max=5",
                "pcie.width=16",
                "pcie.width.max=16",
                "events=0xcd8b",
                "mig.mode=0",
                "gpm=1",
                "gpm.2=0",
                "gpm.3=0",
                "gpm.5=0",
                "gpm.10=0",
                "fv.3=3:0",
                "fv.4=3:0",
                "fv.5=3:0",
                "fv.6=3:0",
                "fv.82=1:40",
                "fv.91=1:2",
                "fv.165=1:1",
                "fv.165.1=1:1",
                "fv.138=3:0",
                "fv.139=3:0",
                "fv.142=1:0",
                "fv.143=1:0",
                "fv.144=1:0",
                "fv.145=1:0",
                "fv.186=1:71000",
                "fv.197=3:0",
                "fv.198=3:0",
                "fv.230=1:0",
                "fv.269=3:0",
                "fv.270=3:0",
                "fv.271=3:0")) {
            lines.add(gpu + line);
        }
        write();
        return this;
    }

    /** Adds lines; of one key the last one counts. */
    public FakeDriver set(String... more) {
        lines.addAll(List.of(more));
        write();
        return this;
    }

    /** Takes away every line that begins so: what a key then is, is not there. */
    public FakeDriver remove(String prefix) {
        lines.removeIf(line -> line.startsWith(prefix));
        write();
        return this;
    }

    /** Moves the timeline. */
    public FakeDriver at(double seconds) {
        atSeconds = seconds;
        write();
        return this;
    }

    /** What every process reads. */
    public Path state() {
        return state;
    }

    /** The library's folder, under the name that the loader looks for. */
    public Path library() {
        return library;
    }

    /** The calls so far, as {@code symbol code}, oldest first. */
    public List<String> calls() {
        return logged('<').stream().map(words -> words[2] + " " + words[4]).toList();
    }

    /** How often a symbol was called. */
    public long count(String symbol) {
        return logged('>').stream().filter(words -> words[2].equals(symbol)).count();
    }

    /** How often a call of a symbol came back. */
    public long returned(String symbol) {
        return logged('<').stream().filter(words -> words[2].equals(symbol)).count();
    }

    /** The most calls that were inside the library at once, waits for events apart. */
    public int mostAtOnce() {
        int inside = 0;
        int most = 0;
        for (String[] words : read()) {
            if (!words[2].equals("nvmlEventSetWait_v2")) {
                inside += words[1].equals(">") ? 1 : -1;
                most = Math.max(most, inside);
            }
        }
        return most;
    }

    private List<String[]> logged(char way) {
        return read().stream().filter(words -> words[1].charAt(0) == way).toList();
    }

    /** A line that is just being written does not count yet. */
    private List<String[]> read() {
        try {
            String text = Files.exists(log) ? Files.readString(log) : "";
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void write() {
        try {
            Path fresh = state.resolveSibling("state.new");
            List<String> all = new ArrayList<>(lines);
            all.add("freeze_at=" + atSeconds);
            // Inodes are used again and file times are coarse: two versions that follow each other differ in size.
            all.add("#" + "-".repeat(++version % 97));
            Files.write(fresh, all);
            Files.move(fresh, state, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void requireCompiler() {
        boolean there = run("gcc", "--version") == 0;
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(there).as("gcc, which the build server must have").isTrue();
        }
        Assumptions.assumeTrue(there, "gcc is not installed: the fake driver cannot be built");
    }

    private static synchronized Path library(Build build) {
        Path library = FOLDER.resolve(build.name().toLowerCase(Locale.ROOT)).resolve("libnvidia-ml.so.1");
        BUILT.computeIfAbsent(build, which -> {
            compile(library, which == Build.OLD ? List.of("-DOLD_DRIVER") : List.of());
            return NativeLibrary.getInstance(library.toString());
        });
        return library;
    }

    /** Compiles the fake; every warning is an error. */
    public static void compile(Path library, List<String> options) {
        try {
            Files.createDirectories(library.getParent());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        List<String> command = new ArrayList<>(List.of(
                "gcc",
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-Wno-deprecated-declarations",
                "-shared",
                "-fPIC",
                "-fvisibility=hidden",
                "-Wl,-soname,libnvidia-ml.so.1",
                "-o",
                library.toString(),
                SOURCE.toString(),
                "-lpthread"));
        command.addAll(options);
        assertThat(run(command.toArray(String[]::new))).as("gcc's answer").isZero();
    }

    private static int run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.to(
                            Files.createTempFile("run", ".txt").toFile()))
                    .start();
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } catch (IOException notThere) {
            return -1;
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
