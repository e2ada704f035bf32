/** Programs that measure the model, run by hand; each says how in its class comment. */
@NullMarked
package io.vitrine.model.bench;

import org.jspecify.annotations.NullMarked;
