/**
 * From characters to bytes: sets of code points, their encodings as UTF-8 or inside a JSON string, and regular
 * expressions over them.
 */
@NullMarked
package io.vitrine.grammar.regex;

import org.jspecify.annotations.NullMarked;
