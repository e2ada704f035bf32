/**
 * JSON Schema (draft 2020-12) as a grammar.
 *
 * <p>{@link io.vitrine.grammar.schema.SchemaReader} reads each subschema into a {@link
 * io.vitrine.grammar.schema.Shape}: the set of values it permits, closed under intersection, so that siblings of
 * {@code $ref}, {@code allOf} and {@code anyOf} are exact. {@link io.vitrine.grammar.schema.SchemaRules} writes
 * shapes as grammar rules. A keyword that cannot be honoured exactly is refused by name.
 */
@NullMarked
package io.vitrine.grammar.schema;

import org.jspecify.annotations.NullMarked;
