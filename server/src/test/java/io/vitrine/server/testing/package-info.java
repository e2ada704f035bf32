/** A real server with a scripted model, and a client, for the tests of the other packages. */
package io.vitrine.server.testing;
