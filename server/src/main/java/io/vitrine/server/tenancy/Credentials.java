package io.vitrine.server.tenancy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.tenants.keys.ApiKey;

/** What a request says of who it is; {@code toString} shows nothing of it. */
public final class Credentials {

    /** None at all. */
    public static final Credentials NONE = new Credentials(List.of());

    private static final String SCHEME = "Bearer ";

    private final List<String> given;

    private Credentials(List<String> given) {
        this.given = given;
    }

    /**
     * From all values of the two headers that may hold a key. Another scheme than {@code Bearer} is a key that is not
     * valid: a client that sends credentials is not taken for one that sends none.
     */
    public static Credentials of(List<String> authorizations, List<String> apiKeys) {
        return new Credentials(Stream.concat(
                        authorizations.stream().map(Credentials::bearer),
                        apiKeys.stream().map(String::strip))
                .distinct()
                .toList());
    }

    private static String bearer(String authorization) {
        if (authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return authorization.substring(SCHEME.length()).strip();
        }
        // Without a scheme it may still be meant as a key of this server, which is then checked.
        return ApiKey.looksLikeOne(authorization.strip()) ? authorization.strip() : "";
    }

    /** The different keys that look like those of this server, valid or not. */
    List<String> own() {
        return given.stream().filter(ApiKey::looksLikeOne).toList();
    }

    /** The first credential as it came; empty if none was sent. */
    Optional<String> first() {
        return given.stream().findFirst();
    }

    /** Whether there is what looks like a key of this server, good or not. */
    public boolean haveKey() {
        return !own().isEmpty();
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "Credentials[" + (given.isEmpty() ? "none" : "given") + "]";
    }
}
