package io.vitrine.server.inference;

import java.util.List;

/**
 * A choice with all its text and tokens, and how it ended.
 *
 * @param prompt the tokens of its prompt; empty unless asked for
 */
public record WholeChoice(List<PromptScore> prompt, String text, List<ScoredToken> tokens, AnswerEvent.Ended end) {}
