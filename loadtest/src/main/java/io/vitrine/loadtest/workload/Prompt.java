package io.vitrine.loadtest.workload;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** What a request asks: text made from blocks, or given text. */
public sealed interface Prompt {

    String text();

    /** Tokens the plan asks for; 0 where that is not known. */
    int tokens();

    /** Tokens at the front that other requests of the plan have too: what a prefix cache may rightly have. */
    int sharedTokens();

    /** A text from elsewhere. */
    record Text(String text) implements Prompt {

        public Text {
            if (text.isBlank()) {
                throw new IllegalArgumentException("a prompt must not be blank");
            }
        }

        @Override
        public int tokens() {
            return 0;
        }

        @Override
        public int sharedTokens() {
            return 0;
        }
    }

    /** Blocks of words one after the other; equal blocks are equal text, so equal blocks in front are a shared prefix. */
    record Blocks(List<Block> blocks) implements Prompt {

        public Blocks {
            blocks = List.copyOf(blocks);
        }

        @Override
        public String text() {
            return blocks.stream().map(Block::text).collect(Collectors.joining(" "));
        }

        @Override
        public int tokens() {
            return blocks.stream().mapToInt(Block::tokens).sum();
        }

        @Override
        public int sharedTokens() {
            return blocks.stream()
                    .takeWhile(Block::shared)
                    .mapToInt(Block::tokens)
                    .sum();
        }
    }

    /**
     * Random words, each one token in common vocabularies.
     *
     * @param id equal ids are equal words
     */
    record Block(long id, int tokens, boolean shared) {

        private static final String[] WORDS =
                ("time person year way day thing man world life hand part child eye woman place work week case point "
                                + "government company number group problem fact river house garden winter letter music "
                                + "table road night")
                        .split(" ", -1);

        public Block {
            if (tokens < 1) {
                throw new IllegalArgumentException("a block of a prompt must have >= 1 token: " + tokens);
            }
        }

        String text() {
            SplittableRandom random = Streams.of(id, Streams.Purpose.PROMPT, 0);
            StringBuilder text = new StringBuilder(tokens * 6);
            for (int index = 0; index < tokens; index++) {
                if (index > 0) {
                    text.append(' ');
                }
                text.append(WORDS[random.nextInt(WORDS.length)]);
            }
            return text.toString();
        }
    }
}
