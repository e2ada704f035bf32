package io.vitrine.model.engine;

import java.util.Set;

import io.vitrine.model.sampling.SamplingParams;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class GenerationRequestTest {

    private static GenerationRequest request(int[] prompt, int maxTokens, int topLogprobs, String cacheSalt) {
        return new GenerationRequest(
                "r",
                prompt,
                maxTokens,
                Set.of(),
                SamplingParams.GREEDY,
                topLogprobs,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                cacheSalt);
    }

    @Test
    void namesWhatItRefuses() {
        int[] one = {1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(new int[0], 1, -1, ""))
                .withMessage("promptTokens must not be empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(one, 0, -1, ""))
                .withMessage("maxTokens must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(one, 1, -2, ""))
                .withMessage("topLogprobs must be >= -1: -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request(one, 1, -1, "s".repeat(257)))
                .withMessage("cacheSalt must have at most 256 characters: 257");
        assertThat(request(one, 1, -1, "s".repeat(256)).cacheSalt()).hasSize(256);
    }

    @Test
    void copiesThePromptInAndOut() {
        int[] prompt = {1, 2};
        GenerationRequest request = request(prompt, 1, -1, "");
        prompt[0] = 9;
        request.promptTokens()[1] = 9;
        assertThat(request.promptTokens()).containsExactly(1, 2);
    }
}
