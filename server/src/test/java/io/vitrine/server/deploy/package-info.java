/**
 * Holds what is under {@code deploy/} to the truth: dashboards against a Prometheus that scraped the server,
 * configurations by the programs that read them, stacks by their schemas.
 */
@NullMarked
package io.vitrine.server.deploy;

import org.jspecify.annotations.NullMarked;
