package io.vitrine.server.inference;

import java.util.List;

import io.vitrine.grammar.tools.AnswerPart;

/**
 * A choice with all its text and tokens, and how it ended.
 *
 * @param prompt the tokens of its prompt; empty unless asked for
 * @param parts its reasoning and calls, as they came
 */
public record WholeChoice(
        List<PromptScore> prompt,
        String text,
        List<AnswerPart> parts,
        List<ScoredToken> tokens,
        AnswerEvent.Ended end) {}
