/**
 * The health of the server, judged when it is asked for: every component has a verdict and a reason. Nothing here has a
 * state or a thread of its own, so that a verdict can be had while the engine is stuck. {@code docs/health.md} lists
 * faults and verdicts.
 */
@NullMarked
package io.vitrine.server.health;

import org.jspecify.annotations.NullMarked;
