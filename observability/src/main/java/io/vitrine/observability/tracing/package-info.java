/**
 * Makes spans. While a request runs, times go into plain fields and nothing else is made; when it is over, the sampler
 * decides with all that is then known, and only of a kept trace spans are built and handed to the exporters.
 */
@NullMarked
package io.vitrine.observability.tracing;

import org.jspecify.annotations.NullMarked;
