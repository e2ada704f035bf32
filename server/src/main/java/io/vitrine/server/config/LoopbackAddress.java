package io.vitrine.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells addresses that only this machine can reach from the others, without asking a name service. */
public final class LoopbackAddress {

    /** Only digits, dots, hex and colons: an address, which needs no name service to be understood. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private LoopbackAddress() {}

    /** Whether the address or name is one of this machine's alone. */
    public static boolean is(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        // RFC 6761: names below localhost. are this machine's too, and no name service is asked for them.
        if (name.equals("localhost") || name.endsWith(".localhost")) {
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
