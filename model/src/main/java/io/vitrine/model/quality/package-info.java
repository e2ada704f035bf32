/**
 * What a precision costs of a model's quality: {@link io.vitrine.model.quality.Perplexity} of a text, and
 * {@link io.vitrine.model.quality.Int8Quality}, by which the precision {@code auto} decides.
 */
@NullMarked
package io.vitrine.model.quality;

import org.jspecify.annotations.NullMarked;
