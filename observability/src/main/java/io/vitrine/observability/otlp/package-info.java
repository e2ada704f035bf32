/**
 * What all exports to a collector have in common: batches within the size that collectors take, what a collector rejects of a batch that
 * it takes, one log line when it is lost and one when it is back.
 */
@NullMarked
package io.vitrine.observability.otlp;

import org.jspecify.annotations.NullMarked;
