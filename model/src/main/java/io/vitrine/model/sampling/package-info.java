/**
 * Logits in, token id out: pure functions of their arguments and of the random source passed in.
 */
@NullMarked
package io.vitrine.model.sampling;

import org.jspecify.annotations.NullMarked;
