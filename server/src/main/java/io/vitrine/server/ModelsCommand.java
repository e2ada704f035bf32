package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.vitrine.model.ModelText;
import io.vitrine.model.hub.DownloadProgress;
import io.vitrine.model.hub.LocalModel;
import io.vitrine.model.hub.ModelCache;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.server.config.ServerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The models on this machine. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | pull | inspect)",
        description = "Lists, fetches and describes models.")
final class ModelsCommand {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows the models in the cache.")
    int list(@Mixin CommonOptions options) {
        List<LocalModel> models = cache(options).list();
        if (models.isEmpty()) {
            out().println("no models yet; vitrine models pull NAME fetches one");
        }
        for (LocalModel model : models) {
            out().println(String.format(
                    Locale.ROOT,
                    "%-32s %8.1f MiB  %s  (%s)",
                    ShownText.escaped(model.name()),
                    model.bytes() / (double) (1 << 20),
                    ShownText.escaped(model.path().toString()),
                    ShownText.escaped(model.source())));
        }
        out().flush();
        return 0;
    }

    @Command(name = "pull", mixinStandardHelpOptions = true, description = "Fetches a model into the cache.")
    int pull(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "NAME", description = "A known model, or OWNER/NAME on the hub.") String name)
            throws InterruptedException {
        DownloadProgress progress = DownloadProgress.on(System.err, Terminal.isThere(), System::nanoTime);
        LocalModel model = cache(options).pull(name, progress);
        out().println(ShownText.escaped(model.path().toString()));
        out().flush();
        return 0;
    }

    @Command(name = "inspect", mixinStandardHelpOptions = true, description = "Shows what a model consists of.")
    int inspect(@Parameters(paramLabel = "PATH", description = "A .gguf file or a Hugging Face folder.") Path path)
            throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path);
                ModelText text = ModelText.open(path, checkpoint)) {
            out().print(ModelReport.of(checkpoint, text));
            out().flush();
        }
        return 0;
    }

    private static ModelCache cache(CommonOptions options) {
        ServerConfig config = options.read().config();
        return CheckpointLoader.cache(config.hub(), config.data(), System::nanoTime);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
