/**
 * Which KV page belongs to whom: counts and bytes that a test can check, no tensor.
 */
@NullMarked
package io.vitrine.model.kv;

import org.jspecify.annotations.NullMarked;
