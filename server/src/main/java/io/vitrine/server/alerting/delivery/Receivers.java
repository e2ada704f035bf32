package io.vitrine.server.alerting.delivery;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.alerting.yaml.Nearest;
import io.vitrine.observability.catalogue.ReceiverKind;

/** The receivers of the configuration, by name. */
public final class Receivers {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}");
    private static final Duration RESOLVE_TIMEOUT = Duration.ofMinutes(5);
    private static final int SUBMISSION_PORT = 587;
    private static final int SUBMISSIONS_PORT = 465;
    private static final int RELAY_PORT = 25;

    private final Map<String, Receiver> byName;

    Receivers(Map<String, Receiver> byName) {
        this.byName = new LinkedHashMap<>(byName);
    }

    /**
     * Reads the section {@code receivers}: settings by name, each with its {@code type}.
     *
     * @param node missing or null for none
     * @param environment values of variables
     * @throws IllegalArgumentException if anything in it is not understood, or a secret is not there; no message has a
     *     secret in it
     */
    public static Receivers read(JsonNode node, Function<String, Optional<String>> environment) {
        Map<String, Receiver> receivers = new LinkedHashMap<>();
        if (node.isMissingNode() || node.isNull()) {
            return new Receivers(receivers);
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("receivers must be settings by name");
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "the name of a receiver must be of lower-case letters, digits and dashes, 63 at most: " + name);
            }
            ReceiverSettings settings = new ReceiverSettings(name, node.get(name), environment);
            receivers.put(name, read(name, settings));
            settings.refuseOthers();
        }
        return new Receivers(receivers);
    }

    private static Receiver read(String name, ReceiverSettings settings) {
        ReceiverKind kind = kind(settings);
        return switch (kind) {
            case SLACK -> new SlackReceiver(name, settings.secretUrl("webhook-url"), settings.file("ca-file"));
            case PAGERDUTY ->
                new PagerDutyReceiver(
                        name,
                        settings.url("url", Optional.of(PagerDutyReceiver.DEFAULT_URL)),
                        settings.secret("routing-key"),
                        settings.file("ca-file"));
            case EMAIL -> email(name, settings);
            case WEBHOOK ->
                new WebhookReceiver(
                        name,
                        settings.url("url", Optional.empty()),
                        settings.secret("secret"),
                        settings.optionalSecret("bearer-token"),
                        settings.file("ca-file"));
            case ALERTMANAGER ->
                new AlertmanagerReceiver(
                        name,
                        settings.url("url", Optional.empty()),
                        settings.optionalSecret("bearer-token"),
                        settings.duration(
                                "resolve-timeout", RESOLVE_TIMEOUT, Duration.ofSeconds(3), Duration.ofDays(1)),
                        settings.file("ca-file"));
        };
    }

    private static ReceiverKind kind(ReceiverSettings settings) {
        String type = settings.text("type");
        List<String> known =
                Arrays.stream(ReceiverKind.values()).map(ReceiverKind::label).toList();
        if (!known.contains(type)) {
            throw settings.refused("unknown type " + type + "; did you mean " + Nearest.to(type, known.stream()) + "?");
        }
        return ReceiverKind.valueOf(type.toUpperCase(Locale.ROOT));
    }

    private static Receiver email(String name, ReceiverSettings settings) {
        EmailReceiver.Tls tls = tls(settings);
        String host = settings.text("host");
        Optional<String> username = settings.optionalText("username");
        Optional<Secret> password = settings.optionalSecret("password");
        if (username.isPresent() != password.isPresent()) {
            throw settings.refused("username and password go together");
        }
        Optional<EmailReceiver.Login> login =
                username.map(user -> new EmailReceiver.Login(user, password.orElseThrow()));
        if (login.isPresent() && tls == EmailReceiver.Tls.NONE && !ReceiverSettings.isLoopback(host)) {
            throw settings.refused("a password needs tls: starttls or tls");
        }
        int port =
                switch (tls) {
                    case STARTTLS -> SUBMISSION_PORT;
                    case TLS -> SUBMISSIONS_PORT;
                    case NONE -> RELAY_PORT;
                };
        return new EmailReceiver(
                name,
                host,
                settings.port("port", port),
                tls,
                login,
                address(settings, settings.text("from")),
                settings.texts("to").stream().map(to -> address(settings, to)).toList(),
                settings.file("ca-file"));
    }

    private static EmailReceiver.Tls tls(ReceiverSettings settings) {
        String text = settings.optionalText("tls").orElse("starttls");
        for (EmailReceiver.Tls tls : EmailReceiver.Tls.values()) {
            if (tls.name().toLowerCase(Locale.ROOT).equals(text)) {
                return tls;
            }
        }
        throw settings.refused("tls must be starttls, tls or none: " + text);
    }

    private static String address(ReceiverSettings settings, String text) {
        if (!ADDRESS.matcher(text).matches()) {
            throw settings.refused("not an e-mail address: " + text);
        }
        return text;
    }

    /** In the order of the configuration. */
    public Set<String> names() {
        return byName.keySet();
    }

    Optional<Receiver> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<AlertmanagerReceiver> alertmanagers() {
        return byName.values().stream()
                .filter(AlertmanagerReceiver.class::isInstance)
                .map(AlertmanagerReceiver.class::cast)
                .toList();
    }

    /** Names and kinds; no secrets. */
    @Override
    public String toString() {
        return byName.values().stream()
                .map(receiver -> receiver.name() + ": " + receiver.kind().label())
                .collect(Collectors.joining(", "));
    }
}
