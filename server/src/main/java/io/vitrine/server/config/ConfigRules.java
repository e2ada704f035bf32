package io.vitrine.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.RequestLimits;

/** What must hold between values that are each within their own limits. */
final class ConfigRules {

    /** Only digits, dots, hex and colons: an address, which needs no name service to be understood. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private ConfigRules() {}

    static void check(ServerConfig config) {
        HttpConfig http = config.server();
        requireLoopback(ConfigKeys.HOST.name(), http.host());
        requireLoopback(ConfigKeys.MANAGEMENT_HOST.name(), http.managementHost());
        if (http.port() == http.managementPort() && http.port() != 0) {
            throw new ConfigException("server.port and server.management-port must differ: " + http.port());
        }
        RequestLimits limits = config.limits();
        if (limits.defaultMaxTokens() > limits.maxTokensPerRequest()) {
            throw new ConfigException("limits.default-max-tokens must not be above limits.max-tokens-per-request: "
                    + limits.defaultMaxTokens() + " > " + limits.maxTokensPerRequest());
        }
    }

    private static void requireLoopback(String key, String host) {
        if (!isLoopback(host)) {
            throw new ConfigException(key + " must be a loopback address such as 127.0.0.1, since no API keys are "
                    + "configured and anyone could use the server: " + host);
        }
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        if (!ADDRESS.matcher(host).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
