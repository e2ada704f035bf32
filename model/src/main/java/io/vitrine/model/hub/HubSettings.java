package io.vitrine.model.hub;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

import io.vitrine.model.terminal.ShownText;

/**
 * How to reach the Hugging Face hub, or a mirror that speaks like it.
 *
 * @param endpoint scheme, host and port; a path is kept as a prefix
 * @param token sent as bearer to the endpoint's own host only, never to where it redirects
 * @param connectTimeout short, so that a machine without a way out soon goes on to the next source
 * @param stallTimeout without a byte for this long an exchange is given up
 * @param retryPause between a broken download and its resumption
 */
public record HubSettings(
        URI endpoint, Optional<String> token, Duration connectTimeout, Duration stallTimeout, Duration retryPause) {

    /** The public hub, without a token. */
    public static final HubSettings DEFAULT = new HubSettings(
            URI.create("https://huggingface.co"),
            Optional.empty(),
            Duration.ofSeconds(3),
            Duration.ofSeconds(20),
            Duration.ofSeconds(1));

    public HubSettings {
        String scheme = endpoint.getScheme();
        if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException("The hub's endpoint must be an http or https address: "
                    + ShownText.withoutCredentials(endpoint.toString()));
        }
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("stallTimeout", stallTimeout);
        requirePositive("retryPause", retryPause);
    }

    public HubSettings withEndpoint(URI newEndpoint) {
        return new HubSettings(newEndpoint, token, connectTimeout, stallTimeout, retryPause);
    }

    public HubSettings withToken(String newToken) {
        return new HubSettings(endpoint, Optional.of(newToken), connectTimeout, stallTimeout, retryPause);
    }

    public HubSettings withConnectTimeout(Duration newTimeout) {
        return new HubSettings(endpoint, token, newTimeout, stallTimeout, retryPause);
    }

    /** The address of a path that begins with a slash. */
    URI at(String path) {
        String base = endpoint.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    /** Whether the token may be sent there: the same scheme, host and port as the endpoint. */
    boolean isHome(URI address) {
        return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
                && endpoint.getHost().equalsIgnoreCase(address.getHost())
                && portOf(endpoint) == portOf(address);
    }

    /** Without the token, so that no log line or message can show it. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + ShownText.withoutCredentials(endpoint.toString()) + ", token="
                + (token.isPresent() ? "set" : "none") + "]";
    }

    private static int portOf(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be > 0: " + value);
        }
    }
}
