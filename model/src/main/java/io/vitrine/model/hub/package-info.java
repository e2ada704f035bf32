/**
 * Where a model comes from: the cache on disk, the Hugging Face hub, a Python package. {@link ModelCache} is the entrance;
 * {@link ModelCatalogue} knows the built-in names; a {@link ModelSource} is one place to fetch from. A model is either in the
 * cache whole and verified, or not at all: it is put together in a {@code .partial} folder and renamed when done.
 */
@NullMarked
package io.vitrine.model.hub;

import org.jspecify.annotations.NullMarked;
