package io.vitrine.server.config;

import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.KeysRequired;
import io.vitrine.server.config.ServerConfig.PricesConfig;
import io.vitrine.server.config.ServerConfig.RequestLimits;
import io.vitrine.server.config.ServerConfig.TlsConfig;

/** What must hold between values that are each within their own limits. */
final class ConfigRules {

    private ConfigRules() {}

    static void check(ServerConfig config) {
        HttpConfig http = config.server();
        if (config.tenants().keysRequired() == KeysRequired.FALSE && !http.onLoopback()) {
            throw new ConfigException("server.host must be a loopback address such as 127.0.0.1 where"
                    + " tenants.keys-required is false, since anyone could use the server: " + http.host());
        }
        if (http.port() == http.managementPort() && http.port() != 0) {
            throw new ConfigException("server.port and server.management-port must differ: " + http.port());
        }
        TlsConfig tls = http.tls();
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            throw new ConfigException("server.tls-certificate and server.tls-key must be set together");
        }
        if (tls.management() && tls.certificate().isEmpty()) {
            throw new ConfigException("server.tls-management needs server.tls-certificate and server.tls-key");
        }
        long needed = MemoryBounds.leastBodyMemory(http.maxBodyBytes());
        if (http.bodyMemoryBytes() < needed) {
            throw new ConfigException("server.body-memory must have room for one body of server.max-body-bytes, "
                    + needed + " bytes: " + http.bodyMemoryBytes());
        }
        long most = Runtime.getRuntime().maxMemory() / 2;
        if (http.bodyMemoryBytes() > most) {
            throw new ConfigException("server.body-memory must not be above half of the heap, " + most + " bytes: "
                    + http.bodyMemoryBytes());
        }
        PricesConfig prices = config.prices();
        if (prices.machineHour().isEmpty()
                && (prices.kvGibibyteHour().isPresent() || prices.kilowattHour().isPresent())) {
            throw new ConfigException("prices.kv-gibibyte-hour and prices.kilowatt-hour come on top of"
                    + " prices.machine-hour, which is not set");
        }
        RequestLimits limits = config.limits();
        if (limits.defaultMaxTokens() > limits.maxTokensPerRequest()) {
            throw new ConfigException("limits.default-max-tokens must not be above limits.max-tokens-per-request: "
                    + limits.defaultMaxTokens() + " > " + limits.maxTokensPerRequest());
        }
    }
}
