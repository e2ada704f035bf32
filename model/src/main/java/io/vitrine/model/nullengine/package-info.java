/**
 * A model without a model: fixed tokens at a fixed pace, no files, no native library. Everything around the engine is
 * the real server, so what is measured with it is the server's own cost: requests per second, added latency, open streams.
 */
@NullMarked
package io.vitrine.model.nullengine;

import org.jspecify.annotations.NullMarked;
