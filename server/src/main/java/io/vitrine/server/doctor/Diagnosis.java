package io.vitrine.server.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.model.torch.Precision;
import io.vitrine.server.doctor.MachineFacts.Clock;
import io.vitrine.server.doctor.MachineFacts.Disk;
import io.vitrine.server.doctor.MachineFacts.Gpus;
import io.vitrine.server.doctor.MachineFacts.Java;
import io.vitrine.server.doctor.MachineFacts.Memory;
import io.vitrine.server.doctor.MachineFacts.Model;
import io.vitrine.server.doctor.MachineFacts.Port;
import io.vitrine.server.doctor.MachineFacts.Processor;

/** Judges a machine: one finding or more for each fact, in the order of {@link MachineFacts}. */
public final class Diagnosis {

    private static final int LEAST_JAVA = 17;
    private static final long MEBIBYTE = 1L << 20;

    /** Beside weights and heap: libtorch, a step's tensors, KV memory for one long sequence. */
    private static final long LEAST_ROOM = 512 * MEBIBYTE;

    /** Ledger, logs and a model of the default size. */
    private static final long LEAST_DISK = 1_024 * MEBIBYTE;

    /** The default connections, and files. */
    private static final long ENOUGH_DESCRIPTORS = 4_096;

    private static final long LEAST_DESCRIPTORS = 256;

    /** No machine's clock was right before this program was written. */
    private static final Instant WRITTEN = Instant.parse("2026-01-01T00:00:00Z");

    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    private final List<Finding> findings = new ArrayList<>();

    private Diagnosis() {}

    /** What there is to say of this machine. */
    public static List<Finding> of(MachineFacts facts) {
        Diagnosis diagnosis = new Diagnosis();
        diagnosis.java(facts.java());
        diagnosis.processor(facts.processor());
        diagnosis.memory(facts.memory(), facts.model());
        facts.ports().forEach(diagnosis::port);
        diagnosis.disk(facts.disk());
        diagnosis.clock(facts.clock());
        diagnosis.model(facts.model(), facts.disk());
        diagnosis.gpu(facts.gpus());
        diagnosis.cudaLibrary(facts.gpus());
        diagnosis.descriptors(facts.descriptorLimit());
        diagnosis.hugePages(facts.hugePages());
        diagnosis.proxies(facts.proxies());
        return List.copyOf(diagnosis.findings);
    }

    private void java(Java java) {
        String found = "Java " + java.version() + " in " + java.home();
        if (java.major() < LEAST_JAVA) {
            fault("java", found, "install Java 17 or newer, or set JAVA_HOME to it");
        } else {
            ok("java", found + (java.hasCompiler() ? "" : ", a runtime without compiler: enough for an archive"));
        }
    }

    private void processor(Processor processor) {
        CpuFeatures features = processor.features();
        String found = processor.cores() + " cores, " + processor.system() + " " + processor.architecture();
        if (!processor.system().equals("Linux") || !processor.architecture().equals("amd64")) {
            fault("processor", found, "run on Linux x86-64: the libtorch among the jars is for that alone");
        } else if (!features.flags().contains("avx2")) {
            warning(
                    "processor",
                    found + ", no AVX2",
                    "take a processor with AVX2 or newer: this one is many times slower");
        } else {
            Precision fastest = Precision.fastestFor(features);
            ok("processor", found + ", fastest in " + fastest.word() + " (" + Precision.whyFastestFor(features) + ")");
        }
    }

    private void memory(Memory memory, Model model) {
        long needed = model.bytes().orElse(0) + memory.heapBytes() + LEAST_ROOM;
        String found = size(memory.availableBytes()) + " available of " + size(memory.totalBytes())
                + "; weights, heap and" + " a short context need about " + size(needed);
        if (memory.totalBytes() < needed) {
            fault("memory", found, "give the machine or container more memory, or serve a smaller model");
        } else if (memory.availableBytes() < needed) {
            warning("memory", found, "end what else takes memory, or lower engine.kv-memory");
        } else {
            ok("memory", found);
        }
    }

    private void port(Port port) {
        String place = port.host() + ":" + port.number();
        if (port.isVitrine()) {
            ok(port.key(), place + " is a Vitrine's that runs already");
        } else if (port.problem().isPresent()) {
            fault(
                    port.key(),
                    place + " cannot be had: " + port.problem().get(),
                    "stop what listens there, or set another with --set " + port.key() + "=N");
        } else {
            ok(port.key(), place + " is free");
        }
    }

    private void disk(Disk disk) {
        String found = size(disk.usableBytes()) + " free for " + disk.folder();
        if (disk.problem().isPresent()) {
            fault(
                    "disk",
                    disk.folder() + " cannot be written: " + disk.problem().get(),
                    "give this user the folder (chown), or set another with --data");
        } else if (disk.usableBytes() < LEAST_DISK) {
            fault("disk", found, "free at least " + size(LEAST_DISK) + ", or set another folder with --data");
        } else if (disk.usableBytes() < disk.retentionBytes()) {
            warning(
                    "disk",
                    found + "; stored telemetry may take up to " + size(disk.retentionBytes()),
                    "free as much, or lower the store.*.max-bytes");
        } else {
            ok("disk", found);
        }
    }

    private void clock(Clock clock) {
        Instant latest = clock.newestFile().orElse(WRITTEN);
        if (clock.now().isBefore(WRITTEN)) {
            fault("clock", "it shows " + clock.now(), "set it: certificates, logs and budgets go by it");
        } else if (clock.now().plus(CLOCK_TOLERANCE).isBefore(latest)) {
            warning(
                    "clock",
                    "it shows " + clock.now() + ", and the data folder has files from " + latest,
                    "set it right: alerts and budgets wait until it has caught up");
        } else if (clock.synchronised().isPresent() && !clock.synchronised().get()) {
            warning("clock", "no time service keeps it", "start one: systemd-timesyncd or chrony");
        } else {
            ok("clock", "it shows " + clock.now() + (clock.synchronised().isPresent() ? ", synchronised" : ""));
        }
    }

    private void model(Model model, Disk disk) {
        if (model.bytes().isPresent()) {
            ok("model", model.name() + " is here, " + size(model.bytes().getAsLong()));
        } else if (model.name().startsWith("/") || model.name().endsWith(".gguf")) {
            fault("model", "there is no " + model.name(), "copy it there, or set another with --model");
        } else {
            warning(
                    "model",
                    model.name() + " is not in the cache under " + disk.folder() + ": the first start fetches it",
                    "fetch it before: ./vitrine models pull " + model.name());
        }
    }

    private void gpu(Gpus gpus) {
        boolean wanted = !gpus.device().equals("cpu");
        if (!gpus.names().isEmpty()) {
            String found = String.join(", ", gpus.names()) + "; driver " + gpus.driverVersion();
            int number = wanted
                    ? Integer.parseInt(gpus.device().substring(gpus.device().indexOf(':') + 1))
                    : 0;
            if (number >= gpus.names().size()) {
                fault("gpu", found + "; no " + gpus.device(), "set engine.device to one that there is");
            } else {
                ok("gpu", found + (wanted ? "" : "; the model runs on the processor (engine.device)"));
            }
        } else if (wanted) {
            fault("gpu", gpus.sentence(), "engine.device is " + gpus.device() + ": mend the driver, or set it to cpu");
        } else if (gpus.state().normalWithoutGpu()) {
            ok("gpu", "none, and none is asked for: " + gpus.state().words());
        } else {
            warning("gpu", gpus.state().words(), gpus.state().mend());
        }
    }

    private void cudaLibrary(Gpus gpus) {
        boolean wanted = !gpus.device().equals("cpu");
        if (gpus.libraryPath().isEmpty()) {
            if (wanted) {
                fault(
                        "cuda-library",
                        "PYTORCH_LIBRARY_PATH is not set, so the processor's libtorch among the jars is used",
                        "pip install --target /opt/torch torch==2.7.1, and set"
                                + " PYTORCH_LIBRARY_PATH=/opt/torch/torch/lib PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=cu128");
            } else {
                ok("cuda-library", "none, and none is asked for");
            }
            return;
        }
        String path = gpus.libraryPath().get();
        if (!gpus.hasCudaLibrary()) {
            String found = "there is no libtorch_cuda.so in " + path;
            String mend = "set PYTORCH_LIBRARY_PATH to the torch/lib of a CUDA build";
            findings.add(
                    wanted ? Finding.fault("cuda-library", found, mend) : Finding.warning("cuda-library", found, mend));
        } else if (!gpus.flavor().equals(Optional.of("cu128"))) {
            fault(
                    "cuda-library",
                    "PYTORCH_FLAVOR is " + gpus.flavor().orElse("not set"),
                    "set PYTORCH_FLAVOR=cu128: there is no other binding for libtorch 2.7.1");
        } else {
            ok("cuda-library", "libtorch for CUDA in " + path);
        }
    }

    private void descriptors(long limit) {
        String found = limit == Long.MAX_VALUE ? "no limit is known" : limit + " files and connections may be open";
        String mend = "raise it: ulimit -n 65536, or LimitNOFILE=65536 in the service's unit";
        if (limit < LEAST_DESCRIPTORS) {
            fault("file-handles", found, mend);
        } else if (limit < ENOUGH_DESCRIPTORS) {
            warning("file-handles", found + "; connections are limited to what is left", mend);
        } else {
            ok("file-handles", found);
        }
    }

    private void hugePages(String mode) {
        if (mode.equals("always") || mode.equals("madvise")) {
            ok("huge-pages", "transparent huge pages: " + mode);
        } else {
            warning(
                    "huge-pages",
                    "transparent huge pages: " + (mode.isEmpty() ? "the kernel does not say" : mode),
                    "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled: prompts take less time with them");
        }
    }

    private void proxies(Map<String, String> proxies) {
        if (proxies.isEmpty()) {
            ok("proxies", "none is set");
            return;
        }
        String set = proxies.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + ShownText.withoutCredentials(entry.getValue()))
                .collect(Collectors.joining(" "));
        if (proxies.keySet().stream().allMatch("no_proxy"::equals)) {
            ok("proxies", set);
        } else {
            warning(
                    "proxies",
                    set + ": pip uses these, Java does not",
                    "for the hub, VITRINE_JAVA_OPTS='-Dhttps.proxyHost=HOST -Dhttps.proxyPort=PORT'");
        }
    }

    private static String size(long bytes) {
        return bytes < 1_024 * MEBIBYTE
                ? bytes / MEBIBYTE + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (1_024.0 * MEBIBYTE));
    }

    private void ok(String name, String found) {
        findings.add(Finding.ok(name, found));
    }

    private void warning(String name, String found, String mend) {
        findings.add(Finding.warning(name, found, mend));
    }

    private void fault(String name, String found, String mend) {
        findings.add(Finding.fault(name, found, mend));
    }
}
