/** Tool calls in chats: what a model's template knows of them, and the prompt of one that knows nothing. */
@NullMarked
package io.vitrine.server.tools;

import org.jspecify.annotations.NullMarked;
