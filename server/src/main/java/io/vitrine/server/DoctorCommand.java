package io.vitrine.server;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.gpu.GpuProbe;
import io.vitrine.gpu.GpuProbeSettings;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.model.hub.LocalModel;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.CommonOptions.Shorthand;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.GpuConfig;
import io.vitrine.server.doctor.Diagnosis;
import io.vitrine.server.doctor.Finding;
import io.vitrine.server.doctor.Finding.Grade;
import io.vitrine.server.doctor.MachineReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What this machine has and lacks for the configured server. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Says in words what this machine has and lacks for serving, and how to mend it.",
            "Takes the configuration of serve. Exits with 1 if the server would not start."
        })
final class DoctorCommand implements Callable<Integer> {

    /** A driver that is asked for the first time may take seconds. */
    private static final Duration GPU_LIMIT = Duration.ofSeconds(20);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private CommonOptions options = new CommonOptions();

    @Option(names = "--model", paramLabel = "NAME|PATH", description = "As for serve.")
    private @Nullable String model;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: table).")
    private OutputFormat format = OutputFormat.TABLE;

    @Override
    public Integer call() throws InterruptedException {
        ServerConfig config =
                options.read(new Shorthand("--model", "model", model)).config();
        List<Finding> findings = Diagnosis.of(new MachineReader(config, new ConfigReader(), Path.of("/"))
                .read(gpus(config.gpu()), modelBytes(config), FileDescriptors.limit()));
        PrintWriter out = spec.commandLine().getOut();
        out.print(format == OutputFormat.JSON ? json(findings) : text(findings));
        out.flush();
        return startsOn(findings) ? 0 : 1;
    }

    private static boolean startsOn(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.grade() == Grade.FAULT);
    }

    private static GpuSnapshot gpus(GpuConfig config) throws InterruptedException {
        GpuProbeSettings settings = GpuProbeSettings.DEFAULT.with(config.library(), config.pollInterval());
        return GpuProbe.readOnce(settings, new SystemProbeClock(), GPU_LIMIT);
    }

    private static OptionalLong modelBytes(ServerConfig config) {
        Path path = Path.of(config.model());
        if (Files.isRegularFile(path)) {
            return OptionalLong.of(path.toFile().length());
        }
        return CheckpointLoader.cache(config.hub(), config.data(), System::nanoTime).list().stream()
                .filter(local -> local.name().equals(config.model()))
                .mapToLong(LocalModel::bytes)
                .findFirst();
    }

    static String text(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-8s %-23s %s%n",
                    finding.grade() == Grade.OK ? "ok" : finding.grade().name(),
                    finding.name(),
                    ShownText.escaped(finding.found())));
            finding.mend().filter(mend -> !mend.isEmpty()).ifPresent(mend -> text.append(" ".repeat(33))
                    .append("mend: ")
                    .append(mend)
                    .append('\n'));
        }
        long faults =
                findings.stream().filter(each -> each.grade() == Grade.FAULT).count();
        long warnings =
                findings.stream().filter(each -> each.grade() == Grade.WARNING).count();
        return text.append(startsOn(findings) ? "The server starts here" : "The server does not start here")
                .append(": ")
                .append(faults)
                .append(" faults, ")
                .append(warnings)
                .append(" warnings.\n")
                .toString();
    }

    static String json(List<Finding> findings) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", Version.current());
        report.put("starts", startsOn(findings));
        report.put("findings", findings.stream().map(DoctorCommand::object).toList());
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> object(Finding finding) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", finding.name());
        object.put("grade", finding.grade().name().toLowerCase(Locale.ROOT));
        object.put("found", finding.found());
        finding.mend().ifPresent(mend -> object.put("mend", mend));
        return object;
    }
}
