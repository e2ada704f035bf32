/**
 * Fault injection: a real server process with a scripted model, faults from inside and outside, and the alerts, pages,
 * incidents and evidence of each. {@code FaultTable} writes the table of {@code docs/alerting.md}.
 */
@NullMarked
package io.vitrine.server.faults;

import org.jspecify.annotations.NullMarked;
