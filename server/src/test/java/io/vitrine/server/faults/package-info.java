/**
 * Fault injection: a real server process with a scripted model, faults from inside and outside, and what alerts, pages, incidents and
 * evidence come of each. {@code FaultTable} writes the table of {@code docs/alerting.md}.
 */
@NullMarked
package io.vitrine.server.faults;

import org.jspecify.annotations.NullMarked;
