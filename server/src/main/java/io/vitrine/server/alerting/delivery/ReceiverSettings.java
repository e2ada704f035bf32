package io.vitrine.server.alerting.delivery;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.query.PromDuration;
import io.vitrine.alerting.yaml.Nearest;

/**
 * The settings of one receiver; remembers which were asked for, so that any other is refused. Errors quote no values of
 * secrets.
 */
final class ReceiverSettings {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");
    private static final long SECRET_BYTES_LIMIT = 65_536;
    private static final String FILE_SUFFIX = "-file";

    private final String name;
    private final JsonNode node;
    private final Function<String, Optional<String>> environment;
    private final Set<String> known = new TreeSet<>();

    ReceiverSettings(String name, JsonNode node, Function<String, Optional<String>> environment) {
        this.name = name;
        this.node = node;
        this.environment = environment;
        if (!node.isObject()) {
            throw refused("must have settings, type among them");
        }
    }

    IllegalArgumentException refused(String reason) {
        return new IllegalArgumentException("receivers." + name + ": " + reason);
    }

    String text(String key) {
        return optionalText(key).orElseThrow(() -> refused(key + " is missing"));
    }

    /** The value; {@code ${VARIABLE}} is that of the environment. */
    Optional<String> optionalText(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isValueNode() || value.asText().isBlank()) {
            throw refused(key + " must be a text");
        }
        Matcher variable = VARIABLE.matcher(value.asText());
        return Optional.of(variable.matches() ? variable(key, variable.group(1)) : value.asText());
    }

    private String variable(String key, String variable) {
        return environment
                .apply(variable)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> refused(key + ": the environment variable " + variable + " is not set"));
    }

    Secret secret(String key) {
        return optionalSecret(key).orElseThrow(() -> refused(key + " or " + key + FILE_SUFFIX + " is missing"));
    }

    /** From {@code ${VARIABLE}}, or from the file that {@code KEY-file} names; never from the configuration itself. */
    Optional<Secret> optionalSecret(String key) {
        known.add(key);
        Optional<String> file = optionalText(key + FILE_SUFFIX);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return file.map(path -> fileSecret(key, Path.of(path)));
        }
        if (file.isPresent()) {
            throw refused("only one of " + key + " and " + key + FILE_SUFFIX + " may be set");
        }
        Matcher variable = VARIABLE.matcher(value.asText());
        if (!variable.matches()) {
            throw refused(key + " must be ${VARIABLE}, or use " + key + FILE_SUFFIX
                    + ": a secret does not belong into the configuration");
        }
        return Optional.of(new Secret(variable(key, variable.group(1)).strip()));
    }

    private Secret fileSecret(String key, Path file) {
        try {
            if (Files.size(file) > SECRET_BYTES_LIMIT) {
                throw refused(key + FILE_SUFFIX + " is longer than " + SECRET_BYTES_LIMIT + " bytes: " + file);
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (text.isEmpty()) {
                throw refused(key + FILE_SUFFIX + " is empty: " + file);
            }
            return new Secret(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "receivers." + name + ": " + key + FILE_SUFFIX + " cannot be read: " + file, e);
        }
    }

    URI url(String key, Optional<URI> otherwise) {
        Optional<String> text = optionalText(key);
        if (text.isEmpty()) {
            return otherwise.orElseThrow(() -> refused(key + " is missing"));
        }
        return checked(key, text.get(), false);
    }

    /** An address that is a secret itself; without TLS only on this machine. */
    Secret secretUrl(String key) {
        Secret secret = secret(key);
        checked(key, secret.value(), true);
        return secret;
    }

    private URI checked(String key, String text, boolean secret) {
        String shown = secret ? "" : ": " + text;
        try {
            URI url = new URI(text);
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            if (url.getHost() == null || !Set.of("http", "https").contains(scheme)) {
                throw refused(key + " must be an address with http or https" + shown);
            }
            if (url.getUserInfo() != null) {
                throw refused(key + " must not contain a user and password");
            }
            if (secret && scheme.equals("http") && !isLoopback(url.getHost())) {
                throw refused(key + " must begin with https://");
            }
            return url;
        } catch (URISyntaxException e) {
            // Without the cause: it quotes the text.
            throw refused(key + " is not an address" + shown);
        }
    }

    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        Optional<String> text = optionalText(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Duration value;
        try {
            value = PromDuration.parse(text.get());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("receivers." + name + ": " + key + ": " + e.getMessage(), e);
        }
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refused(key + " must be from " + least.toSeconds() + "s to " + most.toSeconds() + "s: " + text.get());
        }
        return value;
    }

    int port(String key, int otherwise) {
        Optional<String> text = optionalText(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("\\d{1,5}")
                || Integer.parseInt(text.get()) < 1
                || Integer.parseInt(text.get()) > 65_535) {
            throw refused(key + " must be from 1 to 65535: " + text.get());
        }
        return Integer.parseInt(text.get());
    }

    /** One text or a list of them. */
    List<String> texts(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || !value.isArray()) {
            return List.of(text(key));
        }
        List<String> texts = new ArrayList<>();
        value.forEach(text -> texts.add(text.asText()));
        if (texts.isEmpty()) {
            throw refused(key + " is empty");
        }
        return texts;
    }

    Optional<Path> file(String key) {
        Optional<Path> file = optionalText(key).map(Path::of);
        file.filter(path -> !Files.isReadable(path)).ifPresent(path -> {
            throw refused(key + " cannot be read: " + path);
        });
        return file;
    }

    /** Refuses every key that was not asked for. */
    void refuseOthers() {
        for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (!known.contains(key)) {
                throw refused("unknown key " + key + "; did you mean " + Nearest.to(key, known.stream()) + "?");
            }
        }
    }
}
