package io.vitrine.observability.tracing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.opentelemetry.api.trace.TraceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TraceStatesTest {

    @Test
    void keepsOrderAndSkipsEmptyEntries() {
        assertThat(entries(TraceStates.parse(" a=1 ,\tb@v=2, ,1x@y=x y,"))).containsExactly("a=1", "b@v=2", "1x@y=x y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=1", "a=", "A=1", "a=1,a=2", "a=b=c", "1a=1", "a b=1", "a=\u00e9"})
    void discardsAStateWithABrokenEntry(String broken) {
        assertThat(TraceStates.parse("x=1," + broken).isEmpty()).isTrue();
    }

    @Test
    void discardsAStateOfTooManyEntries() {
        assertThat(TraceStates.parse(many(32)).size()).isEqualTo(32);
        assertThat(TraceStates.parse(many(33)).isEmpty()).isTrue();
    }

    @Test
    void aNewEntryTakesThePlaceOfTheLastOfThirtyTwo() {
        TraceState state = TraceStates.withFirst("ot", "th:8", TraceStates.parse(many(32)));

        assertThat(entries(state)).hasSize(32).startsWith("ot=th:8", "k0=0").doesNotContain("k31=31");
    }

    @Test
    void tooLongAStateLosesLongEntriesFirst() {
        String longOne = "long=" + "x".repeat(200);
        String short1 = "s1=" + "y".repeat(100);
        String short2 = "s2=" + "y".repeat(100);
        String short3 = "s3=" + "y".repeat(100);
        TraceState state = TraceStates.withFirst(
                "ot", "th:8", TraceStates.parse(String.join(",", short1, longOne, short2, short3)));

        assertThat(entries(state)).containsExactly("ot=th:8", short1, short2, short3);
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=" + i).collect(Collectors.joining(","));
    }

    private static List<String> entries(TraceState state) {
        List<String> entries = new ArrayList<>();
        state.forEach((key, value) -> entries.add(key + "=" + value));
        return entries;
    }
}
