/**
 * The thin binding to NVML, NVIDIA's own library about its GPUs: exported (versioned) symbols, struct layouts, return codes.
 * Nothing here judges a value. Every call may block as long as the driver likes: only the probe's threads come here.
 */
@NullMarked
package io.vitrine.gpu.nvml;

import org.jspecify.annotations.NullMarked;
