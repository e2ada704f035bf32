package io.vitrine.tenants;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GlobTest {

    @Test
    void standsForItselfButForTheStar() {
        assertThat(new Glob("smollm2-*").matches("smollm2-135m")).isTrue();
        assertThat(new Glob("smollm2-*").matches("smollm2-")).isTrue();
        assertThat(new Glob("smollm2-*").matches("smollm2")).isFalse();
        assertThat(new Glob("a.c").matches("abc")).isFalse();
        assertThat(new Glob("*").matches("")).isTrue();
    }

    @Test
    void matchesAsARegularExpressionWould() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String pattern = word(random, "ab*", 1 + random.nextInt(6));
            String name = word(random, "ab", random.nextInt(7));
            assertThat(new Glob(pattern).matches(name))
                    .as(pattern + " / " + name)
                    .isEqualTo(Pattern.matches(pattern.replace("*", ".*"), name));
        }
    }

    @Test
    void overlapsWhereSomeNameFitsBoth() {
        List<String> names = new ArrayList<>(List.of(""));
        for (int i = 0; names.get(i).length() < 7; i++) {
            names.add(names.get(i) + "a");
            names.add(names.get(i) + "b");
        }
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            Glob one = new Glob(word(random, "ab*", 1 + random.nextInt(4)));
            Glob other = new Glob(word(random, "ab*", 1 + random.nextInt(3)));
            assertThat(one.overlaps(other))
                    .as(one + " / " + other)
                    .isEqualTo(names.stream().anyMatch(name -> one.matches(name) && other.matches(name)));
        }
    }

    @Test
    void doesNotTakeForEverOnManyStars() {
        assertThat(new Glob("*a".repeat(100)).matches("a".repeat(99) + "b".repeat(5_000)))
                .isFalse();
    }

    @Test
    void refusesAnEmptyOrVeryLongPattern() {
        assertThatThrownBy(() -> new Glob("")).hasMessageContaining("1 to 200 characters: 0");
        assertThatThrownBy(() -> new Glob("a".repeat(201))).hasMessageContaining("201");
    }

    private static String word(Random random, String alphabet, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }
}
