/**
 * Constrained decoding: from a constraint (JSON Schema, JSON object, regular expression, choice, GBNF) to the set of
 * tokens that may follow.
 *
 * <p>{@link io.vitrine.grammar.Grammar} reads a constraint. {@link io.vitrine.grammar.mask.CompiledGrammar} binds it
 * to a vocabulary. {@link io.vitrine.grammar.mask.Matcher} accompanies one sequence. Bytes and token ids only: no
 * model, no server, no clock.
 */
@NullMarked
package io.vitrine.grammar;

import org.jspecify.annotations.NullMarked;
