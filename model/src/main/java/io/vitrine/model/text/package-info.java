/**
 * Text to token ids and back: tokenizer, chat template, incremental detokenisation. Text ends here; the engine sees ids.
 */
@NullMarked
package io.vitrine.model.text;

import org.jspecify.annotations.NullMarked;
