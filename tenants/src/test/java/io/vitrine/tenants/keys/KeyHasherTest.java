package io.vitrine.tenants.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyHasherTest {

    private static final byte[] PEPPER = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final ApiKey key = ApiKey.create(new SecureRandom());

    @Test
    void isTheHmacOfRfc2104() throws Exception {
        byte[] text = key.reveal().getBytes(StandardCharsets.US_ASCII);
        byte[] inner = sha256(pad(PEPPER, 0x36), text);
        assertThat(new KeyHasher(PEPPER).hash(key)).isEqualTo(KeyHash.of(sha256(pad(PEPPER, 0x5c), inner)));
    }

    private static byte[] sha256(byte[] first, byte[] second) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(first);
        return digest.digest(second);
    }

    private static byte[] pad(byte[] secret, int with) {
        byte[] block = Arrays.copyOf(secret, 64);
        for (int i = 0; i < block.length; i++) {
            block[i] ^= (byte) with;
        }
        return block;
    }

    @Test
    void isAnotherUnderAnotherPepper() {
        byte[] other = PEPPER.clone();
        other[15]++;
        assertThat(new KeyHasher(other).hash(key)).isNotEqualTo(new KeyHasher(PEPPER).hash(key));
    }

    @Test
    void comesBackFromItsHexadecimalForm() {
        KeyHash hash = new KeyHasher(PEPPER).hash(key);
        assertThat(KeyHash.ofHex(hash.hex())).isEqualTo(hash);
        assertThat(hash.toString()).doesNotContain(hash.hex());
    }

    @Test
    void refusesAShortPepperAndAHashOfAnotherLength() {
        assertThatThrownBy(() -> new KeyHasher(new byte[15])).hasMessageContaining("at least 16 bytes: 15");
        assertThatThrownBy(() -> KeyHash.of(new byte[31])).hasMessageContaining("32 bytes: 31");
    }
}
