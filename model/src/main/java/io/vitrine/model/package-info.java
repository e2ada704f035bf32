/**
 * From weights to text. {@link io.vitrine.model.ModelPackage} is one model as it lies on disk: its configuration, weights,
 * tokenizer and chat template; the sub-packages turn it into running text.
 */
@NullMarked
package io.vitrine.model;

import org.jspecify.annotations.NullMarked;
