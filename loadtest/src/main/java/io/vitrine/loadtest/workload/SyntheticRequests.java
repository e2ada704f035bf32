package io.vitrine.loadtest.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests by distribution.
 *
 * @param input of each turn's own prompt, a shared prefix included
 * @param prefixGroups 0 for no shared prefix; else each conversation begins with the prefix of one group
 * @param turns requests of a conversation
 * @param cancelShare of the requests, those whose client leaves early
 * @param texts prompts to draw from instead of random words; empty for none
 */
public record SyntheticRequests(
        long seed,
        Lengths input,
        Lengths output,
        int prefixGroups,
        int prefixTokens,
        int turns,
        double cancelShare,
        List<String> texts)
        implements RequestSource {

    public SyntheticRequests {
        texts = List.copyOf(texts);
        if (prefixGroups < 0 || prefixGroups > 1_000_000) {
            throw new IllegalArgumentException("prefix groups must be from 0 to 1000000: " + prefixGroups);
        }
        if (prefixGroups > 0 && prefixTokens < 1) {
            throw new IllegalArgumentException("a shared prefix must have >= 1 token: " + prefixTokens);
        }
        if (turns < 1 || turns > 1000) {
            throw new IllegalArgumentException("a conversation must have from 1 to 1000 turns: " + turns);
        }
        if (!(cancelShare >= 0 && cancelShare <= 1)) {
            throw new IllegalArgumentException("the share of cancelled requests must be from 0 to 1: " + cancelShare);
        }
    }

    @Override
    public List<PlannedRequest> conversation(int index) {
        List<PlannedRequest> requests = new ArrayList<>(turns);
        for (int turn = 0; turn < turns; turn++) {
            SplittableRandom random = Streams.of(seed, Streams.Purpose.REQUEST, (long) index * turns + turn);
            int inputTokens = input.draw(random);
            int outputTokens = output.draw(random);
            boolean cancelled = random.nextDouble() < cancelShare;
            int cancelAfter = cancelled ? 1 + random.nextInt(outputTokens) : 0;
            requests.add(new PlannedRequest(index, turn, prompt(random, turn, inputTokens), outputTokens, cancelAfter));
        }
        return requests;
    }

    private Prompt prompt(SplittableRandom random, int turn, int tokens) {
        if (!texts.isEmpty()) {
            return new Prompt.Text(texts.get(random.nextInt(texts.size())));
        }
        List<Prompt.Block> blocks = new ArrayList<>(2);
        int rest = tokens;
        if (prefixGroups > 0 && turn == 0) {
            long group = random.nextInt(prefixGroups);
            long id = Streams.of(seed, Streams.Purpose.PREFIX, group).nextLong();
            blocks.add(new Prompt.Block(id, prefixTokens, true));
            rest -= prefixTokens;
        }
        // At least a token of its own: a request that is all prefix would be a repetition, not a request.
        blocks.add(new Prompt.Block(random.nextLong(), Math.max(1, rest), false));
        return new Prompt.Blocks(blocks);
    }
}
