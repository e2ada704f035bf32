/** What to make of the readings: alert conditions as data with pure predicates, and what hours of history say about capacity. */
@NullMarked
package io.vitrine.gpu.advice;

import org.jspecify.annotations.NullMarked;
