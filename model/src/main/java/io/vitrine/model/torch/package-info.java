/**
 * The decoder on libtorch: the only package that touches a tensor.
 */
@NullMarked
package io.vitrine.model.torch;

import org.jspecify.annotations.NullMarked;
