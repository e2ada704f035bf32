package io.vitrine.model.engine;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

import io.vitrine.model.engine.EngineFixture.Client;
import io.vitrine.model.engine.ScriptedRunner.Gate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tokens guessed ahead: fewer steps, the same answer. That it is the same in general is {@link EnginePagesTest}'s. */
class EngineDraftTest {

    private static final EngineSettings SETTINGS = new EngineSettings(2, 2, 8, 4, 0, 4);

    /** Round and round: 1, 2, 3, 4, 5, 1, 2, … */
    private static int circle(int[] tokens) {
        return tokens[tokens.length - 1] % 5 + 1;
    }

    @Test
    void aTextThatGoesInACircleTakesFewerSteps() {
        try (var fixture = fixture(EngineDraftTest::circle)) {
            Client client = fixture.submit(40, 1, 2, 3, 4, 5);
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            assertThat(client.sink().tokenIds())
                    .isEqualTo(IntStream.range(0, 40).mapToObj(i -> i % 5 + 1).toList());
            assertThat(client.sink().awaitEnd().usage()).isEqualTo(new GenerationUsage(5, 0, 40));
            fixture.engine.close();
            assertThat(fixture.reports).hasSizeLessThan(20);
            requireAddsUp(fixture.reports, 40);
        }
    }

    @Test
    void aWrongGuessCostsNoToken() {
        try (var fixture = fixture(tokens -> tokens.length % 9 == 0 ? 50 + tokens.length % 7 : circle(tokens))) {
            Client client = fixture.submit(40, 1, 2, 3, 4, 5);
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.LENGTH);
            fixture.engine.close();
            assertThat(fixture.reports.stream()
                            .mapToInt(report -> report.draftedTokens() - report.acceptedTokens())
                            .sum())
                    .isPositive();
            requireAddsUp(fixture.reports, 40);
        }
    }

    @Test
    void theEndOfTheTextAmongTheGuessedEndsIt() {
        int end = EngineFixture.END_OF_TEXT;
        try (var fixture = fixture(tokens -> tokens.length == 23 ? end : circle(tokens))) {
            Client client = fixture.submit(40, 1, 2, 3, 4, 5);
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(client.sink().tokenIds()).hasSize(18);
        }
    }

    @Test
    void aSinkThatHasEnoughIsHandedNoMore() {
        try (var fixture = fixture(EngineDraftTest::circle)) {
            var sink = new RecordingTokenSink(token -> token.index() < 16);
            Client client = fixture.submit(EngineFixture.request(40, 1, 2, 3, 4, 5), sink);
            assertThat(client.awaitEnd()).isEqualTo(FinishReason.STOP);
            assertThat(sink.tokenIds()).hasSize(17);
        }
    }

    @Test
    void eightThatBeginTogetherGuessToo() {
        var settings = new EngineSettings(8, 8, 64, 4, 0, 4);
        var runner =
                new ScriptedRunner(EngineFixture.VOCABULARY, 64, 4, 128, ScriptedRunner.next(EngineDraftTest::circle));
        try (var fixture = new EngineFixture(settings, runner)) {
            Gate gate = runner.holdAt(0);
            List<Client> clients = IntStream.range(0, 8)
                    .mapToObj(i -> fixture.submit(40, 1, 2, 3, 4, 5))
                    .toList();
            gate.release();
            clients.forEach(Client::awaitEnd);
            fixture.engine.close();
            assertThat(fixture.reports).anyMatch(report -> report.decodingCount() >= 6 && report.acceptedTokens() > 0);
        }
    }

    @Test
    void guessesBesideAPromptToo() {
        try (var fixture = fixture(EngineDraftTest::circle)) {
            Gate gate = fixture.runner.holdAt(12);
            Client first = fixture.submit(50, 1, 2, 3, 4, 5);
            gate.awaitReached();
            Client second = fixture.submit(2, EngineFixture.repeat(3, 40));
            gate.release();
            first.awaitEnd();
            second.awaitEnd();
            fixture.engine.close();
            assertThat(fixture.reports).anyMatch(report -> report.prefillTokens() > 0 && report.draftedTokens() > 0);
        }
    }

    private static EngineFixture fixture(ToIntFunction<int[]> next) {
        return new EngineFixture(SETTINGS, EngineFixture.runner(ScriptedRunner.next(next)));
    }

    /** Every answer token is one that a sequence gets in each step, or a guess that came true; the first is the prompt's. */
    private static void requireAddsUp(List<StepReport> reports, int answerTokens) {
        assertThat(reports)
                .allMatch(report -> report.decodeTokens() == report.decodingCount() + report.draftedTokens())
                .allMatch(report -> report.acceptedTokens() <= report.draftedTokens());
        assertThat(1
                        + reports.stream()
                                .mapToInt(report -> report.decodingCount() + report.acceptedTokens())
                                .sum())
                .isEqualTo(answerTokens);
    }
}
