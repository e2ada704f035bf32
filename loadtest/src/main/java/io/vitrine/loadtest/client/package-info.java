/**
 * The streaming client. {@code LoadDriver} carries out a plan on one event loop; loop and transport are interfaces, so that tests run it in
 * virtual time. Times are monotonic nanoseconds, taken when bytes arrive, before they are parsed.
 */
@NullMarked
package io.vitrine.loadtest.client;

import org.jspecify.annotations.NullMarked;
