/**
 * Context-free grammars over lexemes, and their incremental recognizer.
 *
 * <p>A grammar is a set of {@link io.vitrine.grammar.cfg.Rule rules} over {@link io.vitrine.grammar.cfg.Expression
 * expressions}, compiled to a recursive transition network. The recognizer is Earley's (1970) with rows only where a
 * lexeme ends. Items refer to their origin row itself, and rows with the same kernel are one row: a position of the
 * recognizer is an immutable value whose successors are remembered. A call in last position passes on the caller's
 * return address, so right recursion and lists need no memory. All lexemes that can be under way are followed
 * together, so no text is lost to a longest-match rule. Rules and nodes that derive no text are removed ahead: every
 * accepted prefix has a continuation.
 */
@NullMarked
package io.vitrine.grammar.cfg;

import org.jspecify.annotations.NullMarked;
