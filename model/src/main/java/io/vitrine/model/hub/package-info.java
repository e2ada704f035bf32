/**
 * Where a model comes from: the cache, the Hugging Face hub, a Python package.
 */
@NullMarked
package io.vitrine.model.hub;

import org.jspecify.annotations.NullMarked;
