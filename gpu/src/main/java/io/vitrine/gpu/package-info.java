/** GPU health from the driver's own library (NVML): readings with units, and having no GPU as a normal answer. */
@NullMarked
package io.vitrine.gpu;

import org.jspecify.annotations.NullMarked;
