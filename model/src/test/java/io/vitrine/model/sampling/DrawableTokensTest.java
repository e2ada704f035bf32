package io.vitrine.model.sampling;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DrawableTokensTest {

    private static final float MINUS_INFINITY = Float.NEGATIVE_INFINITY;

    @Test
    void knowsHolesAndPadding() {
        Set<Integer> holes = Set.of(0, 3, 4, 7, 8, 9);
        var tokens = DrawableTokens.of(10, id -> !holes.contains(id));
        float[] row = new float[10];
        tokens.mask(row);

        assertThat(row)
                .containsExactly(
                        MINUS_INFINITY,
                        0,
                        0,
                        MINUS_INFINITY,
                        MINUS_INFINITY,
                        0,
                        0,
                        MINUS_INFINITY,
                        MINUS_INFINITY,
                        MINUS_INFINITY);
        for (int id = -2; id < 12; id++) {
            assertThat(tokens.contains(id)).as("%d", id).isEqualTo(id >= 0 && id < 10 && !holes.contains(id));
        }
    }

    @Test
    void knowsAVocabularyWithoutHoles() {
        var tokens = DrawableTokens.all(3);
        float[] row = {1, 2, 3};
        tokens.mask(row);

        assertThat(row).containsExactly(1, 2, 3);
        assertThat(tokens.contains(2)).isTrue();
        assertThat(tokens.contains(3)).isFalse();
    }

    @Test
    void refusesAHeadWithoutTokens() {
        assertThatIllegalArgumentException().isThrownBy(() -> DrawableTokens.of(4, id -> false));
    }

    /** Also where its logit is what would fail the request: the model never learnt anything about such a row. */
    @Test
    void aRowWithoutATokenIsNeitherDrawnNorListed() {
        var scratch = new SamplerScratch(DrawableTokens.of(6, id -> id == 1 || id == 3));
        scratch.load(FloatBuffer.wrap(new float[] {9, 0, Float.NaN, 0, 9, Float.POSITIVE_INFINITY}), 0);
        var params = new SamplingParams(1, 0, 1, 0, 1, 0, 0, Map.of(4, 50.0), 1);
        var sampler = new Sampler(params, new int[0]);

        for (int draw = 0; draw < 100; draw++) {
            assertThat(sampler.sample(scratch)).isIn(1, 3);
        }
        LogProbabilities scores = scratch.logProbabilities(5);
        assertThat(scores.topCount()).isEqualTo(2);
        assertThat(scores.of(1)).isEqualTo((float) Math.log(0.5));
        assertThat(scores.of(0)).isEqualTo(MINUS_INFINITY);
    }
}
