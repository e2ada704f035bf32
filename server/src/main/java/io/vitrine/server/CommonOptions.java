package io.vitrine.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.EffectiveConfig;
import io.vitrine.server.config.Setting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes: where the configuration comes from. */
final class CommonOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration as YAML; every key can also be given with --set, or as VITRINE_A_B for a.b.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Sets one key; may be given again.")
    private List<String> sets = new ArrayList<>();

    @Option(names = "--data", paramLabel = "DIR", description = "Folder of models, logs and state (default: ./data).")
    private @Nullable String data;

    /** The configuration in effect; {@code shorthands} are the command's own options for keys, a null value for one not given. */
    EffectiveConfig read(Shorthand... shorthands) {
        List<Setting> commandLine =
                new ArrayList<>(sets.stream().map(ConfigReader::parseSet).toList());
        Stream.concat(Stream.of(new Shorthand("--data", "data", data)), Stream.of(shorthands))
                .flatMap(shorthand -> shorthand.setting().stream())
                .forEach(commandLine::add);
        return new ConfigReader().read(Optional.ofNullable(config), commandLine);
    }

    /** An option of its own for a key. */
    record Shorthand(String option, String key, @Nullable String value) {

        Optional<Setting> setting() {
            return value == null ? Optional.empty() : Optional.of(new Setting(key, value, option));
        }
    }
}
