package io.vitrine.model.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenConstraintTest {

    private static final int END = EngineFixture.END_OF_TEXT;

    /** Only even tokens, each larger than the one before, and the end after at least {@code least} of them. */
    private record Even(int least) implements TokenConstraint {
        @Override
        public State begin() {
            return new Words(least);
        }
    }

    private static class Words implements TokenConstraint.State {
        private final int least;
        private int[] taken = {};

        Words(int least) {
            this.least = least;
        }

        private boolean allows(int token) {
            boolean ended = taken.length > 0 && taken[taken.length - 1] == END;
            int last = taken.length == 0 ? -1 : taken[taken.length - 1];
            return token == END ? !ended && taken.length >= least : !ended && token % 2 == 0 && token > last;
        }

        @Override
        public boolean allow(long[] bits) {
            Arrays.fill(bits, 0);
            for (int token = 0; token < EngineFixture.VOCABULARY; token++) {
                if (allows(token)) {
                    bits[token >> 6] |= 1L << (token & 63);
                }
            }
            return true;
        }

        @Override
        public boolean accept(int tokenId) {
            if (!allows(tokenId)) {
                return false;
            }
            taken = Arrays.copyOf(taken, taken.length + 1);
            taken[taken.length - 1] = tokenId;
            return true;
        }

        @Override
        public void rollback(int count) {
            taken = Arrays.copyOf(taken, taken.length - count);
        }

        @Override
        public boolean isOver() {
            return taken.length > 0 && taken[taken.length - 1] == END;
        }
    }

    private static GenerationRequest constrained(TokenConstraint constraint, int maxTokens, int... prompt) {
        return EngineFixture.request(maxTokens, prompt).withConstraint(constraint);
    }

    @Test
    void drawsOnlyAllowedTokensGreedily() {
        try (var fixture = new EngineFixture()) {
            var client = fixture.submit(constrained(new Even(1), 4, 11), new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            // The script wants 12, which is even, then 13, which is not: of equals, the lowest allowed token is taken.
            assertThat(client.sink().tokenIds()).containsExactly(12, 14, 16, 18);
        }
    }

    @Test
    void leavesUnconstrainedNeighboursAlone() {
        try (var fixture = new EngineFixture()) {
            var free = fixture.submit(4, 20);
            var bound = fixture.submit(constrained(new Even(1), 4, 11), new RecordingTokenSink());
            assertThat(free.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(bound.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(free.sink().tokenIds()).containsExactly(21, 22, 23, 24);
            assertThat(bound.sink().tokenIds()).containsExactly(12, 14, 16, 18);
        }
    }

    @Test
    void endsOnlyWhereTheConstraintAccepts() {
        var wantsEnd = EngineFixture.runner(ScriptedRunner.next(tokens -> END));
        try (var fixture = new EngineFixture(EngineFixture.SETTINGS, wantsEnd)) {
            var client = fixture.submit(constrained(new Even(3), 10, 11), new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(client.sink().tokenIds()).containsExactly(0, 2, 4);
        }
    }

    @Test
    void endsAtTheEndOfTextOfTheConstraintAlone() {
        var wantsEnd = EngineFixture.runner(ScriptedRunner.next(tokens -> END));
        try (var fixture = new EngineFixture(EngineFixture.SETTINGS, wantsEnd)) {
            var request = new GenerationRequest(
                    "r",
                    new int[] {11},
                    10,
                    Set.of(),
                    0,
                    new Even(2),
                    SamplingParams.GREEDY,
                    -1,
                    -1,
                    Long.MAX_VALUE,
                    PriorityClass.NORMAL,
                    "");
            var client = fixture.submit(request, new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(client.sink().tokenIds()).containsExactly(0, 2);
        }
    }

    @Test
    void minTokensHoldBackTheEnd() {
        var wantsEnd = EngineFixture.runner(ScriptedRunner.next(tokens -> END));
        try (var fixture = new EngineFixture(EngineFixture.SETTINGS, wantsEnd)) {
            var request = EngineFixture.request(10, 11).withMinTokens(3);
            var client = fixture.submit(request, new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(client.sink().tokenIds()).containsExactly(0, 0, 0);
        }
    }

    @Test
    void minTokensYieldToAConstraintThatLeavesOnlyTheEnd() {
        var wantsEnd = EngineFixture.runner(ScriptedRunner.next(tokens -> 98));
        try (var fixture = new EngineFixture(EngineFixture.SETTINGS, wantsEnd)) {
            var request = constrained(new Even(1), 10, 11).withMinTokens(10);
            var client = fixture.submit(request, new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(client.sink().tokenIds()).containsExactly(98);
        }
    }

    @Test
    void rejectsDraftTokensThatItForbids() {
        var settings = new EngineSettings(2, 2, 8, 0, 4, 4);
        // Two tokens in a circle: prompt lookup drafts them, and the constraint forbids the second.
        ScriptedRunner.Script circle = ScriptedRunner.next(tokens -> tokens[tokens.length - 1] == 40 ? 41 : 40);
        int[] prompt = IntStream.range(0, 12).map(i -> 40 + i % 2).toArray();
        try (var alone = new EngineFixture(EngineFixture.SETTINGS, EngineFixture.runner(circle));
                var drafting = new EngineFixture(settings, EngineFixture.runner(circle))) {
            var expected = alone.submit(constrained(new Even(1), 6, prompt), new RecordingTokenSink());
            var client = drafting.submit(constrained(new Even(1), 6, prompt), new RecordingTokenSink());
            assertThat(client.awaitEnd()).isEqualTo(expected.awaitEnd());
            assertThat(client.sink().tokenIds())
                    .isEqualTo(expected.sink().tokenIds())
                    .allMatch(id -> id % 2 == 0);
            assertThat(drafting.reports).allMatch(report -> report.draftedTokens() <= 1);
        }
    }

    @Test
    void failsAloneWhenItsLimitIsExceeded() {
        TokenConstraint tired = () -> new Words(1) {
            @Override
            public boolean allow(long[] bits) {
                throw new ConstraintLimitException("steps", new IllegalStateException("script"));
            }
        };
        TokenConstraint broken = () -> new Words(1) {
            @Override
            public boolean accept(int tokenId) {
                throw new StackOverflowError();
            }
        };
        try (var fixture = new EngineFixture()) {
            var exceeded = fixture.submit(constrained(tired, 4, 11), new RecordingTokenSink());
            var failed = fixture.submit(constrained(broken, 4, 12), new RecordingTokenSink());
            var well = fixture.submit(3, 20);
            assertThat(exceeded.awaitEnd()).isEqualTo(FinishReason.CONSTRAINT_LIMIT);
            assertThat(failed.awaitEnd()).isEqualTo(FinishReason.FAILED);
            assertThat(well.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(well.sink().tokenIds()).containsExactly(21, 22, 23);
            assertThat(fixture.engine.healthy()).isTrue();
        }
    }

    @Test
    void everyChoiceHasAStateOfItsOwn() {
        var sampling = new SamplingParams(1.5, 0, 1, 0, 1, 0, 0, Map.of(), 7);
        try (var fixture = new EngineFixture()) {
            var request = new GenerationRequest(
                    "r",
                    new int[] {11},
                    5,
                    Set.of(END),
                    0,
                    new Even(1),
                    sampling,
                    -1,
                    -1,
                    Long.MAX_VALUE,
                    PriorityClass.NORMAL,
                    "");
            var first = fixture.submit(request, new RecordingTokenSink());
            var second = fixture.submit(request, new RecordingTokenSink());
            first.awaitEnd();
            second.awaitEnd();
            assertThat(List.copyOf(second.sink().tokenIds()))
                    .isEqualTo(first.sink().tokenIds());
        }
    }
}
