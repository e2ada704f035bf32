/** Load generator and overhead experiment: knows the server by HTTP only. */
@NullMarked
package io.vitrine.loadtest;

import org.jspecify.annotations.NullMarked;
