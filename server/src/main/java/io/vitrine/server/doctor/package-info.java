/**
 * What a machine has and lacks for running Vitrine. {@link io.vitrine.server.doctor.MachineReader} reads the facts,
 * {@link io.vitrine.server.doctor.Diagnosis} judges them: so every verdict can be tested without such a machine.
 */
@NullMarked
package io.vitrine.server.doctor;

import org.jspecify.annotations.NullMarked;
