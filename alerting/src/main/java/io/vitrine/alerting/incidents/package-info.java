/** Incidents: opened by urgent alerts or by hand, merged by shared cause, handled up to their review. */
@NullMarked
package io.vitrine.alerting.incidents;

import org.jspecify.annotations.NullMarked;
