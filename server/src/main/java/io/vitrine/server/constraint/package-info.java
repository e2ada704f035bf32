/**
 * Constraints on answers: from what a request states to a compiled grammar of the served model's vocabulary, and from
 * there to the engine's {@link io.vitrine.model.engine.TokenConstraint}. The only package that knows both sides.
 */
@NullMarked
package io.vitrine.server.constraint;

import org.jspecify.annotations.NullMarked;
