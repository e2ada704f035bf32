/** The same views for a machine without GPU: processor, memory and power of the host, from /proc and /sys; never told as a GPU's. */
@NullMarked
package io.vitrine.gpu.host;

import org.jspecify.annotations.NullMarked;
