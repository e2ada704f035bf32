package io.vitrine.observability;

import java.util.Set;

import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.PriorityClass;
import io.vitrine.model.sampling.SamplingParams;

/** Requests for listeners. */
public final class TestRequests {

    private TestRequests() {}

    /** Four prompt tokens, at most eight out. */
    public static GenerationRequest request() {
        return new GenerationRequest(
                "id",
                new int[] {1, 2, 3, 4},
                8,
                Set.of(),
                SamplingParams.GREEDY,
                GenerationRequest.NO_LOGPROBS,
                Long.MAX_VALUE,
                PriorityClass.NORMAL,
                "");
    }
}
