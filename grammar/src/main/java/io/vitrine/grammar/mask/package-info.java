/**
 * From a grammar to token masks. A {@link io.vitrine.grammar.mask.TokenTrie} holds the bytes of every token; a mask
 * is one walk of it beside the recognizer. Where the grammar is inside a lexeme that admits any text of a {@link
 * io.vitrine.grammar.mask.Slice}, the slice's prepared bits stand for its tokens and only the others are walked.
 * Masks of a configuration are remembered.
 */
@NullMarked
package io.vitrine.grammar.mask;

import org.jspecify.annotations.NullMarked;
