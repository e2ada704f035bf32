package io.vitrine.server;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The machine's name, for telemetry. */
final class HostName {

    private HostName() {}

    /** The name, or {@code unknown} where a resolver does not know the machine it runs on. */
    static String get() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
