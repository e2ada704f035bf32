package io.vitrine.server.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.model.torch.CpuFeatures;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.StoreConfig;
import io.vitrine.server.doctor.MachineFacts.Clock;
import io.vitrine.server.doctor.MachineFacts.Disk;
import io.vitrine.server.doctor.MachineFacts.Gpus;
import io.vitrine.server.doctor.MachineFacts.Java;
import io.vitrine.server.doctor.MachineFacts.Memory;
import io.vitrine.server.doctor.MachineFacts.Model;
import io.vitrine.server.doctor.MachineFacts.Port;
import io.vitrine.server.doctor.MachineFacts.Processor;

/** Reads the facts of this machine. Writes nothing but, for a moment, an empty file into the data folder. */
public final class MachineReader {

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);
    private static final int MOST_FILES = 10_000;
    private static final long KIBIBYTE = 1_024;
    private static final List<String> PROXIES = List.of("http_proxy", "https_proxy", "all_proxy", "no_proxy");

    private final ServerConfig config;
    private final ConfigReader environment;
    private final Path root;

    /** @param root of the file system that has {@code /proc}, {@code /sys} and {@code /run} */
    public MachineReader(ServerConfig config, ConfigReader environment, Path root) {
        this.config = config;
        this.environment = environment;
        this.root = root;
    }

    /**
     * What there is.
     *
     * @param modelBytes of the configured model's files on this machine
     * @param descriptorLimit files that this process may have open
     */
    public MachineFacts read(GpuSnapshot gpus, OptionalLong modelBytes, long descriptorLimit) {
        return new MachineFacts(
                java(),
                new Processor(
                        System.getProperty("os.name", ""),
                        System.getProperty("os.arch", ""),
                        Runtime.getRuntime().availableProcessors(),
                        CpuFeatures.ofThisMachine()),
                memory(),
                ports(config.server()),
                disk(),
                new Clock(Instant.now(), newestFile(), synchronised()),
                new Model(config.model(), modelBytes),
                gpus(gpus),
                descriptorLimit,
                hugePages(),
                proxies());
    }

    private static Java java() {
        Path home = Path.of(System.getProperty("java.home", ""));
        return new Java(
                Runtime.version().feature(),
                Runtime.version().toString(),
                home.toString(),
                Files.isExecutable(home.resolve("bin/javac")));
    }

    private Memory memory() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        long available = availableMemory().orElse(system.getFreeMemorySize());
        return new Memory(
                total, Math.min(available, total), Runtime.getRuntime().maxMemory());
    }

    private OptionalLong availableMemory() {
        return lines("proc/meminfo").stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                .findFirst();
    }

    private static List<Port> ports(HttpConfig http) {
        Port management = port("server.management-port", http.managementHost(), http.managementPort(), "/health/live");
        Port api = port("server.port", http.host(), http.port(), "/health");
        // With TLS nothing is asked there: who has the management port has the API's.
        boolean ours = api.isVitrine()
                || (api.problem().isPresent() && http.tls().certificate().isPresent() && management.isVitrine());
        return List.of(new Port(api.key(), api.host(), api.number(), api.problem(), ours), management);
    }

    private static Port port(String key, String host, int number, String probe) {
        Optional<String> problem = bindingProblem(host, number);
        return new Port(key, host, number, problem, problem.isPresent() && isVitrine(host, number, probe));
    }

    private static Optional<String> bindingProblem(String host, int number) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // as the server does: a connection in TIME_WAIT holds nothing up
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), number));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
        }
    }

    private static boolean isVitrine(String host, int number, String probe) {
        String name = host.contains(":") ? "[" + host + "]" : host;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + name + ":" + number + probe))
                .timeout(ANSWER_LIMIT)
                .build();
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .connectTimeout(ANSWER_LIMIT)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            return answer.headers().firstValue("x-request-id").isPresent()
                    || answer.body().equals("{\"status\":\"ok\"}");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Disk disk() {
        Path folder = config.data().toAbsolutePath().normalize();
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return new Disk(folder, writingProblem(there), there.toFile().getUsableSpace(), retention(config.store()));
    }

    private static Optional<String> writingProblem(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, ".vitrine-doctor", ""));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    e.getClass()
                                    .getSimpleName()
                                    .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                                    .toLowerCase(Locale.ROOT) + " (" + folder + ")");
        }
    }

    private static long retention(StoreConfig store) {
        if (!store.enabled()) {
            return 0;
        }
        return Stream.of(store.spans(), store.logs(), store.steps(), store.samples(), store.gpu())
                .mapToLong(ServerConfig.RetentionConfig::maxBytes)
                .reduce(0, (sum, each) -> sum > Long.MAX_VALUE - each ? Long.MAX_VALUE : sum + each);
    }

    /** Of logs and store: a clock that was set back shows there. */
    private Optional<Instant> newestFile() {
        if (!Files.isDirectory(config.data())) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(config.data(), 3)) {
            return files.limit(MOST_FILES)
                    .filter(Files::isRegularFile)
                    .map(file -> Instant.ofEpochMilli(file.toFile().lastModified()))
                    .max(Instant::compareTo);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // another finding says that the folder cannot be used
        }
    }

    /** By systemd's time service, where it is the one; others leave no mark that can be read without asking them. */
    private Optional<Boolean> synchronised() {
        return Files.isDirectory(root.resolve("run/systemd/timesync"))
                ? Optional.of(Files.exists(root.resolve("run/systemd/timesync/synchronized")))
                : Optional.empty();
    }

    private Gpus gpus(GpuSnapshot snapshot) {
        Optional<String> library = environment.variable("PYTORCH_LIBRARY_PATH");
        return new Gpus(
                config.engine().device(),
                snapshot.status().state(),
                snapshot.status().sentence(),
                snapshot.gpus().stream().map(gpu -> gpu.identity().name()).toList(),
                snapshot.driver().driverVersion(),
                library,
                library.stream()
                        .flatMap(folders -> Stream.of(folders.split(":", -1)))
                        .anyMatch(folder -> Files.exists(Path.of(folder, "libtorch_cuda.so"))),
                environment.variable("PYTORCH_FLAVOR"));
    }

    /** The mode between brackets: {@code always [madvise] never}. */
    private String hugePages() {
        return lines("sys/kernel/mm/transparent_hugepage/enabled").stream()
                .filter(line -> line.contains("["))
                .map(line -> line.substring(line.indexOf('[') + 1, line.indexOf(']')))
                .findFirst()
                .orElse("");
    }

    private Map<String, String> proxies() {
        Map<String, String> set = new TreeMap<>();
        for (String name : PROXIES) {
            environment
                    .variable(name)
                    .or(() -> environment.variable(name.toUpperCase(Locale.ROOT)))
                    .filter(value -> !value.isBlank())
                    .ifPresent(value -> set.put(name, value));
        }
        return set;
    }

    private List<String> lines(String path) {
        try {
            return Files.readAllLines(root.resolve(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return List.of(); // a kernel without this file
        }
    }
}
