/** Incidents: opened by urgent alerts or by hand, merged by shared cause, worked through to the post-incident review. */
@NullMarked
package io.vitrine.alerting.incidents;

import org.jspecify.annotations.NullMarked;
