/**
 * Listeners that turn events into meters, and what serves the meters to Prometheus. The only package that uses Micrometer.
 */
@NullMarked
package io.vitrine.observability.metrics;

import org.jspecify.annotations.NullMarked;
