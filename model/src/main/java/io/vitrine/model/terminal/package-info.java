/** Texts of files and clients as people are shown them: nothing in them steers a terminal. */
@NullMarked
package io.vitrine.model.terminal;

import org.jspecify.annotations.NullMarked;
