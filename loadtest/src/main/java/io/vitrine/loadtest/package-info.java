/**
 * The load generator's command line. What is sent when stands in {@code workload}, the streaming client in {@code client}, the definition
 * of every metric in {@code measure}, output in {@code report}, the comparison with a server's own telemetry in {@code truth}. The server
 * is known by HTTP only.
 */
@NullMarked
package io.vitrine.loadtest;

import org.jspecify.annotations.NullMarked;
