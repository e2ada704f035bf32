package io.vitrine.tenants.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns keys into what is kept of them: HMAC-SHA-256 under the server's pepper, so that a stolen database alone can neither
 * be used nor be searched. Keys have 131 random bits, so a slow password hash would add nothing but time. Any thread.
 */
final class KeyHasher {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_PEPPER_BYTES = 16;

    private final SecretKeySpec pepper;

    /**
     * @param pepper a secret of this server's, kept apart from the keys; copied
     */
    KeyHasher(byte[] pepper) {
        if (pepper.length < MIN_PEPPER_BYTES) {
            throw new IllegalArgumentException(
                    "the pepper must have at least " + MIN_PEPPER_BYTES + " bytes: " + pepper.length);
        }
        this.pepper = new SecretKeySpec(pepper, ALGORITHM);
    }

    KeyHash hash(ApiKey key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(pepper);
            return KeyHash.of(mac.doFinal(key.reveal().getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform must have " + ALGORITHM, e);
        }
    }
}
