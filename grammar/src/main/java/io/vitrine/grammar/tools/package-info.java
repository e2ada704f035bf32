/**
 * Tool calls in a model's answer: one definition a format ({@link io.vitrine.grammar.tools.ToolFormat}), from which
 * both the grammar of the answer and the parser of its text are made. Reasoning between think tags is the part before
 * them.
 */
@NullMarked
package io.vitrine.grammar.tools;

import org.jspecify.annotations.NullMarked;
