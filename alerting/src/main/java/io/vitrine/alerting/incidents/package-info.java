/** Incidents: opened by urgent alerts, merged by shared cause, worked through to their review. */
@NullMarked
package io.vitrine.alerting.incidents;

import org.jspecify.annotations.NullMarked;
