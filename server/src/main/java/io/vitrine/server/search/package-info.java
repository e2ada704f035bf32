/**
 * The search language of the console and of the API: {@code tenant:acme ttft>500ms -finish:stop "no slot"}. Text becomes a {@link
 * io.vitrine.server.search.SearchQuery} of typed terms, or an error with the position of the mistake. No Vert.x, no store: a query
 * matches whatever shows its values as a {@link io.vitrine.server.search.SearchRow}.
 */
@NullMarked
package io.vitrine.server.search;

import org.jspecify.annotations.NullMarked;
