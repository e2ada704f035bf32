/**
 * Everything about alerts that is configured: rules, objectives, routing, scenarios; the shipped ones and those of a
 * file.
 */
@NullMarked
package io.vitrine.alerting.plan;

import org.jspecify.annotations.NullMarked;
