/**
 * Continuous batching: one thread owns scheduler, batch and KV accounting, and tells listeners what happened.
 */
@NullMarked
package io.vitrine.model.engine;

import org.jspecify.annotations.NullMarked;
