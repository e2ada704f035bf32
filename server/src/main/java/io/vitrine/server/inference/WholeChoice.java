package io.vitrine.server.inference;

import java.util.List;

/** A choice with all its text and tokens, and how it ended. */
public record WholeChoice(String text, List<ScoredToken> tokens, AnswerEvent.Ended end) {}
