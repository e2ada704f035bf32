package io.vitrine.tenants.quality;

import java.time.Instant;

import io.vitrine.tenants.quality.Satisfaction.Row;
import io.vitrine.tenants.quality.Satisfaction.Votes;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SatisfactionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Satisfaction satisfaction = new Satisfaction(3, 100);

    @Test
    void isTheMeanOfAllScoresByModelAndTenant() {
        satisfaction.add("tiny", "acme", Feedback.thumbs("r1", true, "good", NOW));
        satisfaction.add("tiny", "acme", new Feedback("r2", 0.5, null, NOW));
        satisfaction.add("tiny", "beta", Feedback.thumbs("r3", false, null, NOW));
        assertThat(satisfaction.rows().get(new Row("tiny", "acme")).mean()).hasValue(0.75);
        assertThat(satisfaction.rows().get(new Row("tiny", "beta")).mean()).hasValue(0);
    }

    @Test
    void countsARequestOnceAndTakesTheLastWord() {
        for (int i = 0; i < 1_000; i++) {
            satisfaction.add("tiny", "acme", Feedback.thumbs("r1", i % 2 == 0, null, NOW));
        }
        assertThat(satisfaction.rows()).containsEntry(new Row("tiny", "acme"), new Votes(1, 0));
    }

    @Test
    void staysBoundedInRowsAndInRequests() {
        Satisfaction small = new Satisfaction(3, 2);
        for (int i = 0; i < 100; i++) {
            small.add("tiny", "t" + i, Feedback.thumbs("r" + i, true, null, NOW));
        }
        assertThat(small.rows()).hasSize(4).containsEntry(new Row("other", "other"), new Votes(97, 97));
        small.add("tiny", "t99", Feedback.thumbs("r99", false, null, NOW));
        assertThat(small.rows()).containsEntry(new Row("other", "other"), new Votes(97, 96));
        small.add("tiny", "t0", Feedback.thumbs("r0", false, null, NOW));
        assertThat(small.rows()).containsEntry(new Row("tiny", "t0"), new Votes(2, 1));
    }

    @Test
    void refusesScoresAndTextsBeyondTheirLimits() {
        assertThatThrownBy(() -> new Feedback("r", 1.01, null, NOW)).hasMessage("score must be from 0 to 1: 1.01");
        assertThatThrownBy(() -> new Feedback("r", Double.NaN, null, NOW)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Feedback("", 1, null, NOW)).hasMessageContaining("1 to 128 characters: 0");
        assertThatThrownBy(() -> new Feedback("r", 1, "x".repeat(2_001), NOW))
                .hasMessageContaining("at most 2000 characters: 2001");
        assertThatThrownBy(() -> new Satisfaction(0, 1)).hasMessageContaining("at least 1: 0, 1");
    }

    @Test
    void showsNoCommentWhenPrinted() {
        Feedback feedback = new Feedback("r", 1, "my address is …", NOW);
        assertThat(feedback.toString()).doesNotContain("address").contains("r");
        assertThat(feedback.comment()).contains("my address is …");
    }
}
