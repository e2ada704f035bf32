package io.vitrine.server.tenancy;

import java.util.Optional;

import io.vitrine.tenants.keys.ApiKey;
import org.jspecify.annotations.Nullable;

/** What a request says of who it is; {@code toString} shows nothing of it. */
public final class Credentials {

    /** None at all. */
    public static final Credentials NONE = new Credentials(Optional.empty());

    private static final String SCHEME = "Bearer ";

    private final Optional<String> key;

    private Credentials(Optional<String> key) {
        this.key = key;
    }

    /**
     * From the two headers that may hold a key; the first one counts. Another scheme than {@code Bearer} is no key, which is
     * told from none: nothing that is sent is taken for nothing.
     */
    public static Credentials of(@Nullable String authorization, @Nullable String apiKey) {
        if (authorization != null) {
            boolean bearer = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
            return new Credentials(Optional.of(
                    bearer ? authorization.substring(SCHEME.length()).strip() : ""));
        }
        return apiKey == null ? NONE : new Credentials(Optional.of(apiKey.strip()));
    }

    /** The key as it came, be it one or not. */
    Optional<String> key() {
        return key;
    }

    /** Whether there is what looks like a key of this server, good or not. */
    public boolean haveKey() {
        return key.filter(ApiKey::looksLikeOne).isPresent();
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "Credentials[" + (key.isPresent() ? "given" : "none") + "]";
    }
}
