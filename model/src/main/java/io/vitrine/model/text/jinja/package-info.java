/**
 * Jinja templates as Hugging Face renders them, on jinjava: what Python's Jinja2 does where jinjava does something else.
 */
@NullMarked
package io.vitrine.model.text.jinja;

import org.jspecify.annotations.NullMarked;
