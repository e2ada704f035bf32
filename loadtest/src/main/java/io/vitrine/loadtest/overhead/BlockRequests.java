package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.SplittableRandom;

import io.vitrine.loadtest.workload.PlannedRequest;
import io.vitrine.loadtest.workload.Prompt;
import io.vitrine.loadtest.workload.RequestSource;

/**
 * The same requests in every block of a row, but each block with words of its own: lengths are alike, and no prefix
 * cache knows a prompt from the block before.
 *
 * @param blockSeed decides about the words only
 */
record BlockRequests(long blockSeed, int inputTokens, int outputTokens) implements RequestSource {

    @Override
    public List<PlannedRequest> conversation(int index) {
        long words = new SplittableRandom(blockSeed + 0x9E3779B97F4A7C15L * (index + 1)).nextLong();
        Prompt prompt = new Prompt.Blocks(List.of(new Prompt.Block(words, inputTokens, false)));
        return List.of(new PlannedRequest(index, 0, prompt, outputTokens, 0));
    }
}
