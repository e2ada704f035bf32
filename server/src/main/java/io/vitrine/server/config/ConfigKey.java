package io.vitrine.server.config;

import java.util.Locale;

import io.vitrine.model.terminal.ShownText;

/**
 * One thing that can be set.
 *
 * @param name dotted, as files and {@code --set} spell it
 * @param defaultText its value if nobody sets it, spelled as a user would
 * @param type which values there are
 * @param meaning one line for people
 */
record ConfigKey<T>(String name, String defaultText, ValueType<T> type, String meaning) {

    /** The environment variable that sets it: {@code VITRINE_SERVER_PORT} for {@code server.port}. */
    String environmentVariable() {
        return ConfigReader.ENVIRONMENT_PREFIX
                + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    T parse(Setting setting) {
        try {
            return type.parse(setting.text());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    name + " " + e.getMessage() + ": " + ShownText.withoutCredentials(setting.text()) + " ("
                            + setting.source() + ")",
                    e);
        }
    }
}
