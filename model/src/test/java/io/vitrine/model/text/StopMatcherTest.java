package io.vitrine.model.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StopMatcherTest {

    @Test
    void letsEverythingThroughWithoutStopStrings() {
        StopMatcher matcher = StopStrings.NONE.matcher();
        assertThat(matcher.accept("any text")).isEqualTo("any text");
        assertThat(matcher.flush()).isEmpty();
        assertThat(matcher.matched()).isEmpty();
    }

    @Test
    void holdsBackOnlyWhatMayBeginAStopString() {
        StopMatcher matcher = matcher("\n\n", "User:");
        assertThat(matcher.accept("one\n")).isEqualTo("one");
        assertThat(matcher.accept("two Us")).isEqualTo("\ntwo ");
        assertThat(matcher.accept("ed")).isEqualTo("Used");
        assertThat(matcher.accept("U")).isEmpty();
        assertThat(matcher.flush()).isEqualTo("U");
        assertThat(matcher.matched()).isEmpty();
    }

    @Test
    void endsTheTextBeforeAStopStringThatSpansManyPieces() {
        StopMatcher matcher = matcher("STOP");
        assertThat(matcher.accept("go on S")).isEqualTo("go on ");
        assertThat(matcher.accept("T")).isEmpty();
        assertThat(matcher.accept("O")).isEmpty();
        assertThat(matcher.accept("P and more")).isEmpty();
        assertThat(matcher.matched()).contains("STOP");
        assertThat(matcher.accept("still more")).isEmpty();
        assertThat(matcher.flush()).isEmpty();
    }

    @Test
    void findsAStopStringThatRepeatsItself() {
        StopMatcher matcher = matcher("aab");
        assertThat(matcher.accept("aaa")).isEqualTo("a");
        assertThat(matcher.accept("b")).isEmpty();
        assertThat(matcher.matched()).contains("aab");
    }

    @Test
    void takesTheFirstToBeCompleteAndOfThoseTheLongest() {
        assertThat(whole(List.of("bcd", "abcde", "cd"), "xabcdef")).isEqualTo(new Result("xa", Optional.of("bcd")));
        assertThat(whole(List.of("cd", "bcd"), "xabcdef")).isEqualTo(new Result("xa", Optional.of("bcd")));
        assertThat(whole(List.of("abcd", "b"), "xabcd")).isEqualTo(new Result("xa", Optional.of("b")));
    }

    @Test
    void neverCutsASurrogatePair() {
        StopMatcher matcher = matcher("😀!");
        assertThat(matcher.accept("😁")).isEqualTo("😁");
        assertThat(matcher.accept("😀")).isEmpty();
        assertThat(matcher.accept("?")).isEqualTo("😀?");
    }

    /** The oracle looks at every end of every stop string in the whole text. */
    @Test
    void findsWhatANaiveSearchOfTheWholeTextFinds() {
        Random random = new Random(6);
        for (int round = 0; round < 40_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                stops.add(randomText(random, 1 + random.nextInt(5)));
            }
            String text = randomText(random, random.nextInt(25));
            assertThat(inRandomPieces(stops, text, random))
                    .as("stops %s in %s", stops, text)
                    .isEqualTo(whole(stops, text));
        }
    }

    private record Result(String text, Optional<String> stop) {}

    private static Result whole(List<String> stops, String text) {
        for (int end = 1; end <= text.length(); end++) {
            String upTo = text.substring(0, end);
            Optional<String> stop =
                    stops.stream().filter(upTo::endsWith).max((a, b) -> Integer.compare(a.length(), b.length()));
            if (stop.isPresent()) {
                return new Result(upTo.substring(0, end - stop.get().length()), stop);
            }
        }
        return new Result(text, Optional.empty());
    }

    private static Result inRandomPieces(List<String> stops, String text, Random random) {
        StopMatcher matcher = new StopStrings(stops).matcher();
        StringBuilder released = new StringBuilder();
        int from = 0;
        while (from < text.length() && matcher.matched().isEmpty()) {
            int to = Math.min(text.length(), from + random.nextInt(4));
            released.append(matcher.accept(text.substring(from, to)));
            from = to;
            if (matcher.matched().isEmpty()) {
                assertThat(released)
                        .hasToString(text.substring(0, from - mayBeginAStop(stops, text.substring(0, from))));
            }
        }
        released.append(matcher.flush());
        return new Result(released.toString(), matcher.matched());
    }

    private static int mayBeginAStop(List<String> stops, String text) {
        for (int length = text.length(); length > 0; length--) {
            String suffix = text.substring(text.length() - length);
            if (stops.stream().anyMatch(stop -> stop.startsWith(suffix))) {
                return length;
            }
        }
        return 0;
    }

    private static String randomText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    @Test
    void refusesStopStringsOverTheLimits() {
        assertRefused(Collections.nCopies(StopStrings.MAX_COUNT + 1, "x"), "32", "33");
        assertRefused(List.of("x".repeat(StopStrings.MAX_TOTAL_CHARS + 1)), "8192", "8193");
        assertRefused(List.of("a", ""), "empty");
        assertRefused(List.of("\ud83d"), "surrogate");
        assertThat(new StopStrings(Collections.nCopies(StopStrings.MAX_COUNT, "x")).texts())
                .hasSize(StopStrings.MAX_COUNT);
    }

    private static void assertRefused(List<String> stops, String... words) {
        assertThatThrownBy(() -> new StopStrings(stops))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    private static StopMatcher matcher(String... stops) {
        return new StopStrings(List.of(stops)).matcher();
    }
}
