/** The kernel's log, in which the driver writes its errors also when its library is silent. */
@NullMarked
package io.vitrine.gpu.kernel;

import org.jspecify.annotations.NullMarked;
