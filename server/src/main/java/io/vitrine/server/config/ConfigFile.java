package io.vitrine.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.tenants.yaml.YamlProblems;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a YAML file into dotted keys: {@code server: {port: 1}} and {@code server.port: 1} are the same. */
final class ConfigFile {

    private static final int MAX_BYTES = 1 << 20;

    private final Path path;
    private final List<Setting> settings = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    private ConfigFile(Path path) {
        this.path = path;
    }

    static List<Setting> read(Path path) {
        ConfigFile file = new ConfigFile(path);
        file.flatten("", file.load());
        return file.settings;
    }

    private @Nullable Object load() {
        LoadSettings strict = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(MAX_BYTES)
                .build();
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new ConfigException(
                        path + " must not be larger than " + MAX_BYTES + " bytes: " + Files.size(path));
            }
            return new Load(strict).loadFromString(Files.readString(path, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new ConfigException("there is no configuration file " + path, e);
        } catch (IOException e) {
            throw new ConfigException("cannot read the configuration file " + path + ": " + e.getMessage(), e);
        } catch (YamlEngineException e) {
            throw new ConfigException(path + " " + YamlProblems.describe(e), e);
        }
    }

    private void flatten(String key, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> flatten(key.isEmpty() ? name + "" : key + "." + name, inner));
        } else if (key.isEmpty()) {
            if (value != null) {
                throw new ConfigException(path + " must be a YAML mapping of keys to values");
            }
        } else {
            add(key, value);
        }
    }

    private void add(String key, @Nullable Object value) {
        if (value == null || value instanceof Iterable<?>) {
            throw new ConfigException(key + " must have one value: " + value + " (" + source() + ")");
        }
        if (!seen.add(key)) {
            throw new ConfigException(key + " is set twice (" + source() + ")");
        }
        settings.add(new Setting(key, value.toString(), source()));
    }

    private String source() {
        return "file " + path;
    }
}
