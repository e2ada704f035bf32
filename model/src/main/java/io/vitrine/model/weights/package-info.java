/**
 * Checkpoints on disk, GGUF and safetensors, read under one set of tensor names.
 */
@NullMarked
package io.vitrine.model.weights;

import org.jspecify.annotations.NullMarked;
