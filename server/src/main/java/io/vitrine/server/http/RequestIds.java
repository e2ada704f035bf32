package io.vitrine.server.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names requests: by what the client calls them, if that is safe to write into a header and a log, else at random. Two requests may
 * have one name, of two tenants or one: nothing takes it for a key.
 */
final class RequestIds {

    static final String HEADER = "x-request-id";

    private static final Pattern SAFE = Pattern.compile("(?=.*[A-Za-z0-9])[A-Za-z0-9._-]{1,128}");
    /** A key of this server without its beginning. */
    private static final Pattern BARE_KEY = Pattern.compile("(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{36}");

    private static final int RANDOM_BYTES = 16;

    private final SecureRandom random = new SecureRandom();

    /** The id for a request that came with these values of its header; of several none counts. */
    String idFor(List<String> given) {
        return given.size() == 1 && canBe(given.get(0)) ? given.get(0) : fresh("req_");
    }

    /** Whether a request can be called so: a key that came in the wrong header is not written down. */
    static boolean canBe(String id) {
        return SAFE.matcher(id).matches() && !BARE_KEY.matcher(id).matches() && !KeyShapes.in(id);
    }

    /** An id nobody else has. */
    String fresh(String prefix) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }
}
