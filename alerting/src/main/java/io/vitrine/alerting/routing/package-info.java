/** Which alert reaches whom, when: routes, groups, inhibition, silences, maintenance windows, flapping, escalation. */
@NullMarked
package io.vitrine.alerting.routing;

import org.jspecify.annotations.NullMarked;
