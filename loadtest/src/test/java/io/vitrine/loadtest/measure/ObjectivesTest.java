package io.vitrine.loadtest.measure;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ObjectivesTest {

    private static final long MILLI = 1_000_000;
    private static final Objectives OBJECTIVES = Objectives.parse("ttft=100ms,tpot=10ms");

    @Test
    void judgesOnTheClockOfTheUser() {
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 100, 10, 10))).contains(true);
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 1, 101, 10, 10))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 50, 4, 4))).contains(false);
    }

    @Test
    void countsErrorsAndWrongLengthsAsBad() {
        assertThat(OBJECTIVES.good(request(Outcome.FAILED, 0, 50, 10, 10))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.REFUSED, 0, 50, 10, 10))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.TIMED_OUT, 0, 50, 10, 10))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 50, 20, 17))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 50, 20, 18))).contains(true);
    }

    /** A time per token of 0 for one-token answers would pass every objective. */
    @Test
    void excludesWhatCannotBeJudged() {
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 50, 1, 1))).isEmpty();
        assertThat(OBJECTIVES.good(request(Outcome.COMPLETED, 0, 150, 1, 1))).contains(false);
        assertThat(OBJECTIVES.good(request(Outcome.CUT_OFF, 0, 50, 10, 10))).isEmpty();
        assertThat(OBJECTIVES.good(request(Outcome.CANCELLED, 0, 50, 10, 10))).isEmpty();
    }

    @Test
    void refusesWhatIsNoObjective() {
        for (String text : new String[] {"ttft", "ttft=", "itl=5ms", "ttft=5x"}) {
            assertThatThrownBy(() -> Objectives.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** First token at {@code first} ms, all tokens by 140 ms, one a chunk. */
    private static RequestRecord request(Outcome outcome, long sent, long first, int planned, int tokens) {
        TokenClock clock = new TokenClock();
        for (int token = 1; token <= tokens; token++) {
            long at = tokens == 1 ? first : first + (140 - first) * (token - 1) / (tokens - 1);
            clock.chunk(at * MILLI, true, false, token);
        }
        clock.usage(5, 0, tokens);
        return clock.record(new TokenClock.RequestFrame(
                "r", 0, 0, false, outcome, 200, null, 0, sent * MILLI, 150 * MILLI, true, 5, 0, planned));
    }
}
