package io.vitrine.server;

import java.util.Set;

import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.keys.Scope;

/** Keeps a server from listening where others can reach it while there is no key to tell them apart by. */
final class OpenDoors {

    private OpenDoors() {}

    /**
     * Requires a key that is good for each port that is not on a loopback address.
     *
     * @throws StartException if there is none
     */
    static void refuse(HttpConfig http, Tenancy tenancy) {
        if (http.onLoopback() && http.managementOnLoopback()) {
            return;
        }
        Set<Scope> usable = tenancy.usableScopes();
        if (!http.onLoopback() && !usable.contains(Scope.INFER)) {
            throw refusal("server.host", http.host(), Scope.INFER);
        }
        if (!http.managementOnLoopback() && !usable.contains(Scope.READ_TELEMETRY) && !usable.contains(Scope.ADMIN)) {
            throw refusal("server.management-host", http.managementHost(), Scope.READ_TELEMETRY);
        }
    }

    private static StartException refusal(String key, String host, Scope scope) {
        return new StartException(
                "others can reach " + key + " " + host + ", and there is no API key that is good for it:"
                        + " make one first (vitrine keys create --tenant NAME --scopes " + scope.label()
                        + ", with the same --data), or listen on 127.0.0.1");
    }
}
