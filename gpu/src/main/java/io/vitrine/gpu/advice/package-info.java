/** Capacity of a GPU or host: a day of its history by the minute, and the advice that follows from it. */
@NullMarked
package io.vitrine.gpu.advice;

import org.jspecify.annotations.NullMarked;
