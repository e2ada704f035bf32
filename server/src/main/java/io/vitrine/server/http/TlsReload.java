package io.vitrine.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.server.config.ServerConfig.TlsConfig;

/**
 * The certificate of one server, taken anew when its files change. Connections that exist go on with theirs. Files that do not fit
 * together, as while one of two has been replaced, change nothing: the former certificate stays in force and the next look tries
 * again. For one server; on its event loop.
 */
final class TlsReload {

    private final Path certificate;
    private final Path key;
    private final long intervalMillis;
    /** Chain and key as they were read; empty if they could not be. */
    private List<Buffer> inForce = List.of();
    private boolean checking;
    private boolean failing;

    private TlsReload(TlsConfig config, Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
        this.intervalMillis = config.reloadInterval().toMillis();
    }

    /** Empty if the server is plain HTTP. */
    static Optional<TlsReload> of(TlsConfig config) {
        return config.certificate().flatMap(chain -> config.key().map(key -> new TlsReload(config, chain, key)));
    }

    /** The server starts with the files as they are; one that is missing or no PEM fails the start. */
    void applyTo(HttpServerOptions options) {
        try {
            inForce = content();
        } catch (IOException e) {
            inForce = List.of(); // listening fails with the same, and names the file
        }
        // No client of this API needs HTTP/2, and ConnectionGuard counts on one request at a time.
        options.setSsl(true)
                .setUseAlpn(false)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(key.toString()));
    }

    void keepFresh(Vertx vertx, HttpServer server, LifecycleListener events) {
        vertx.setPeriodic(intervalMillis, timer -> {
            if (!checking) {
                checking = true;
                vertx.executeBlocking(this::content, false)
                        .compose(found ->
                                found.equals(inForce) ? Future.succeededFuture(false) : take(server, found, events))
                        .onSuccess(changed -> failing = false)
                        .onFailure(cause -> report(events, cause))
                        .onComplete(done -> checking = false);
            }
        });
    }

    private Future<Boolean> take(HttpServer server, List<Buffer> found, LifecycleListener events) {
        PemKeyCertOptions pem =
                new PemKeyCertOptions().setCertValue(found.get(0)).setKeyValue(found.get(1));
        return server.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(pem))
                .onSuccess(updated -> {
                    inForce = found;
                    events.certificateReloaded(describe(found.get(0)));
                });
    }

    /** Once, until a look succeeds: a file that stays broken is one fault. */
    private void report(LifecycleListener events, Throwable cause) {
        if (!failing) {
            failing = true;
            events.faulted("tls", cause);
        }
    }

    private List<Buffer> content() throws IOException {
        return List.of(
                Buffer.buffer(Files.readAllBytes(certificate)), Buffer.buffer(Files.readAllBytes(key)));
    }

    private static String describe(Buffer chain) {
        try {
            X509Certificate own = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(chain.getBytes()));
            return "certificate " + own.getSerialNumber().toString(16) + ", valid until "
                    + own.getNotAfter().toInstant();
        } catch (GeneralSecurityException e) {
            return "certificate of unknown validity";
        }
    }
}
