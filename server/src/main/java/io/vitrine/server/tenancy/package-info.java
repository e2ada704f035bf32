/** Who may use the server and how much: the rules of the tenants module, kept in the store's ledger; no Vert.x. */
@NullMarked
package io.vitrine.server.tenancy;

import org.jspecify.annotations.NullMarked;
