/**
 * The overhead experiment: what telemetry costs a server, by switching its parts while it runs.
 *
 * <p>{@code Experiment} starts servers, switches {@code Arm}s in the order of a {@code WilliamsSquare} and writes one
 * {@code Block} after the other to a folder. {@code Analysis} reads that folder and nothing else, so anybody can repeat
 * it: the same folder gives the same reports, byte for byte.
 */
@NullMarked
package io.vitrine.loadtest.overhead;

import org.jspecify.annotations.NullMarked;
