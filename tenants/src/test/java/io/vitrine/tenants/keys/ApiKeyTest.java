package io.vitrine.tenants.keys;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ApiKeyTest {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final ApiKey key = ApiKey.create(new SecureRandom());

    @Test
    void hasAPrefixToLookUpAndMoreThan128SecretBits() {
        assertThat(key.reveal()).matches("vt_[0-9A-Za-z]{36}");
        assertThat(key.prefix()).matches("vt_[0-9A-Za-z]{8}");
        int secretCharacters = 36 - 8 - 6;
        assertThat(secretCharacters * Math.log(62) / Math.log(2)).isGreaterThan(128);
    }

    @Test
    void isNeverMadeTwice() {
        Set<String> texts = new HashSet<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 1_000; i++) {
            texts.add(ApiKey.create(random).reveal());
        }
        assertThat(texts).hasSize(1_000);
    }

    @Test
    void isReadBackAsItWas() {
        assertThat(ApiKey.parse(key.reveal())).map(ApiKey::reveal).contains(key.reveal());
    }

    @Test
    void noticesEverySingleMistypedCharacter() {
        String text = key.reveal();
        for (int i = 0; i < text.length(); i++) {
            for (int c = 0; c < ALPHABET.length(); c++) {
                String typed = text.substring(0, i) + ALPHABET.charAt(c) + text.substring(i + 1);
                assertThat(ApiKey.parse(typed).isPresent()).as(typed).isEqualTo(typed.equals(text));
            }
        }
    }

    @Test
    void refusesWhatCannotBeAKey() {
        String text = key.reveal();
        assertThat(ApiKey.parse("")).isEmpty();
        assertThat(ApiKey.parse(text.substring(1))).isEmpty();
        assertThat(ApiKey.parse(text + "0")).isEmpty();
        assertThat(ApiKey.parse("sk_" + text.substring(3))).isEmpty();
        assertThat(ApiKey.parse(text.substring(0, 20) + "ü" + text.substring(21)))
                .isEmpty();
    }

    @Test
    void showsItsPrefixOnlyWhenPrinted() {
        assertThat(key.toString()).isEqualTo(key.prefix() + "…");
    }
}
