/** The machine that the server runs on, for operators: its GPUs, the host beside them, and what hours of both advise. */
@NullMarked
package io.vitrine.server.machine;

import org.jspecify.annotations.NullMarked;
