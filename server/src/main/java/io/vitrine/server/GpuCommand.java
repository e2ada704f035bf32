package io.vitrine.server;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.ProbeClock;
import io.vitrine.gpu.host.HostReader;
import io.vitrine.gpu.host.HostReading;
import io.vitrine.server.config.ServerConfig.GpuConfig;
import io.vitrine.server.machine.GpuReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How the machine's GPUs are now, and the host beside them. */
@Command(
        name = "gpu",
        mixinStandardHelpOptions = true,
        description = {
            "Reads every GPU once, by the driver's own library: health with its reasons, and all there is to read.",
            "Exits with 1 if a GPU is failed or unknown, or the driver cannot be used; having no GPU is no failure."
        })
final class GpuCommand implements Callable<Integer> {

    /** A driver that is asked for the first time may take seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(45);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private CommonOptions options = new CommonOptions();

    @Option(names = "--json", description = "For programs: everything, and why what is missing is missing.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        ProbeClock clock = new SystemProbeClock();
        HostReader host = new HostReader(Path.of("/"), clock);
        host.read(); // load and power are differences
        GpuConfig config = options.read().config().gpu();
        GpuProbeSettings settings = GpuProbeSettings.DEFAULT.with(config.library(), config.pollInterval());
        GpuSnapshot snapshot = GpuProbe.readOnce(settings, clock, LIMIT);
        print(snapshot, host.read());
        return isWell(snapshot) ? 0 : 1;
    }

    private void print(GpuSnapshot snapshot, HostReading host) {
        GpuReport report = new GpuReport(snapshot, host);
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? report.json() : report.text());
        out.flush();
    }

    private static boolean isWell(GpuSnapshot snapshot) {
        return snapshot.gpus().isEmpty()
                ? snapshot.status().state().normalWithoutGpu()
                : snapshot.gpus().stream().allMatch(gpu -> gpu.health().state().usable());
    }
}
