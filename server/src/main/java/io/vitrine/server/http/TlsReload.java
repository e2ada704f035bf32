package io.vitrine.server.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.config.ServerConfig.TlsConfig;

/**
 * The certificate of one server, taken anew when its files change. Connections that exist go on with theirs. Files that
 * do not fit together, as while one of two has been replaced, change nothing: the former certificate stays in force and
 * the next look tries again. For one server; on its event loop.
 */
final class TlsReload {

    private final Path certificate;
    private final Path key;
    private final long intervalMillis;
    private TlsIdentity inForce;
    private boolean checking;
    private boolean failing;

    private TlsReload(TlsConfig config, Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
        this.intervalMillis = config.reloadInterval().toMillis();
        try {
            this.inForce = TlsIdentity.read(certificate, key);
            inForce.requirePair();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "cannot use server.tls-certificate " + certificate + " and server.tls-key " + key + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Empty if the server is plain HTTP.
     *
     * @throws IllegalArgumentException if the files cannot be read or do not belong together
     */
    static Optional<TlsReload> of(TlsConfig config) {
        return config.certificate().flatMap(chain -> config.key().map(key -> new TlsReload(config, chain, key)));
    }

    void applyTo(HttpServerOptions options) {
        // No client of this API needs HTTP/2, and ConnectionGuard counts on one request at a time.
        options.setSsl(true).setUseAlpn(false).setKeyCertOptions(inForce.options());
    }

    void keepFresh(Vertx vertx, HttpServer server, LifecycleListener events) {
        vertx.setPeriodic(intervalMillis, timer -> {
            if (!checking) {
                checking = true;
                vertx.executeBlocking(() -> TlsIdentity.read(certificate, key), false)
                        .compose(found ->
                                found.equals(inForce) ? Future.succeededFuture(false) : take(server, found, events))
                        .onSuccess(changed -> failing = false)
                        .onFailure(cause -> report(events, cause))
                        .onComplete(done -> checking = false);
            }
        });
    }

    private Future<Boolean> take(HttpServer server, TlsIdentity found, LifecycleListener events) {
        X509Certificate own;
        try {
            own = found.requirePair();
        } catch (GeneralSecurityException e) {
            return Future.failedFuture(e);
        }
        return server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(found.options()))
                .onSuccess(updated -> {
                    inForce = found;
                    events.certificateReloaded(
                            "certificate " + own.getSerialNumber().toString(16) + ", valid until "
                                    + own.getNotAfter().toInstant());
                });
    }

    /** Once, until a look succeeds: a file that stays broken is one fault. */
    private void report(LifecycleListener events, Throwable cause) {
        if (!failing) {
            failing = true;
            events.faulted("tls", cause);
        }
    }
}
