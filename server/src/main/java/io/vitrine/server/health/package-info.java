/**
 * The health of the server, judged when it is asked for: every component has a verdict and a reason. Nothing here keeps a state or a
 * thread of its own, so that a verdict can be had while the engine is stuck. The faults that are told apart stand in
 * {@code docs/health.md}.
 */
@NullMarked
package io.vitrine.server.health;

import org.jspecify.annotations.NullMarked;
