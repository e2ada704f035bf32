/**
 * Regular languages over bytes as lazy automata. A state is a regular expression, and its successor by a byte is the
 * derivative (Brzozowski 1964; Owens, Reppy and Turon 2009 for byte classes). Intersection, complement and counters
 * need no construction ahead.
 */
@NullMarked
package io.vitrine.grammar.automaton;

import org.jspecify.annotations.NullMarked;
