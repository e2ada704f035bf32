package io.vitrine.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.vitrine.alerting.yaml.Nearest;

/**
 * Reads the configuration, and alone reads the environment. Later wins: defaults, the YAML file, {@code VITRINE_…}
 * variables, the command line. A key nobody knows is refused, wherever it was written: a setting that is silently left out
 * is found in production.
 */
public final class ConfigReader {

    static final String ENVIRONMENT_PREFIX = "VITRINE_";

    /** Variables with the prefix that are not settings: the launch script's and the tests'. */
    private static final Set<String> OTHER_VARIABLES =
            Set.of("VITRINE_JAVA_OPTS", "VITRINE_HUGE_PAGES", "VITRINE_CACHE");

    private static final String TEST_VARIABLES = "VITRINE_TEST_";

    private final Map<String, String> environment;

    /** Reads the process's environment. */
    public ConfigReader() {
        this(System.getenv());
    }

    /** Reads this environment instead. */
    public ConfigReader(Map<String, String> environment) {
        this.environment = environment;
    }

    /** A variable of the environment, for texts that name one, such as {@code ${SLACK_WEBHOOK_URL}}. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name));
    }

    /**
     * The configuration in effect.
     *
     * @param file a YAML file
     * @param commandLine in the order given; a later one wins
     * @throws ConfigException if a key is unknown, a value is past its limit or the file cannot be read
     */
    public EffectiveConfig read(Optional<Path> file, List<Setting> commandLine) {
        Settings settings = new Settings();
        List<Setting> given = new ArrayList<>(file.map(ConfigFile::read).orElse(List.of()));
        given.addAll(fromEnvironment());
        given.addAll(commandLine);
        given.forEach(ConfigReader::requireKnown);
        given.forEach(settings::set);
        ServerConfig config = settings.toConfig(new OtelVariables(environment).read());
        ConfigRules.check(config);
        return new EffectiveConfig(config, ConfigPrinter.print(settings.all()));
    }

    /** Splits {@code a.b=c} as given to {@code --set}. */
    public static Setting parseSet(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new ConfigException("--set takes key=value: " + assignment);
        }
        return new Setting(
                assignment.substring(0, equals).strip(),
                assignment.substring(equals + 1).strip(),
                "--set");
    }

    private List<Setting> fromEnvironment() {
        Map<String, ConfigKey<?>> byVariable =
                ConfigKeys.ALL.stream().collect(Collectors.toMap(ConfigKey::environmentVariable, Function.identity()));
        List<Setting> found = new ArrayList<>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            ConfigKey<?> key = byVariable.get(variable);
            if (key != null) {
                found.add(new Setting(key.name(), value, "environment variable " + variable));
            } else if (looksLikeASetting(variable)) {
                throw new ConfigException("unknown environment variable " + variable + "; did you mean "
                        + nearestVariable(variable) + "?");
            }
        });
        return found;
    }

    private static boolean looksLikeASetting(String variable) {
        return variable.startsWith(ENVIRONMENT_PREFIX)
                && !variable.startsWith(TEST_VARIABLES)
                && !OTHER_VARIABLES.contains(variable);
    }

    private static String nearestVariable(String variable) {
        return Nearest.to(variable, ConfigKeys.ALL.stream().map(ConfigKey::environmentVariable));
    }

    private static void requireKnown(Setting setting) {
        if (ConfigKeys.ALL.stream().noneMatch(key -> key.name().equals(setting.key()))) {
            throw new ConfigException("unknown key " + setting.key() + " (" + setting.source() + "); did you mean "
                    + Nearest.to(setting.key(), ConfigKeys.ALL.stream().map(ConfigKey::name)) + "?");
        }
    }
}
