package io.vitrine.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** A certificate in PEM, and another while the server runs. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TlsTest {

    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    /** A key and its certificate, which names itself as its issuer. */
    private record Identity(String certificatePem, String keyPem, X509Certificate certificate) {

        void writeTo(Path certificate, Path key) throws IOException {
            Files.writeString(key, keyPem);
            Files.writeString(certificate, certificatePem);
        }
    }

    @Test
    void takesANewCertificateWithoutARestart() throws Exception {
        Path certificate = folder.resolve("tls.crt");
        Path key = folder.resolve("tls.key");
        Identity first = identity("first");
        Identity second = identity("second");
        first.writeTo(certificate, key);

        Telemetry telemetry = TestTelemetry.everything(TestTelemetry.settings(), folder);
        try (telemetry;
                TestServer server = start(telemetry, certificate, key);
                SSLSocket existing = connect(server)) {
            assertThat(served(existing)).isEqualTo(first.certificate());
            assertThat(ask(existing)).startsWith("HTTP/1.1 200");

            // One of two files: they do not fit, and the first certificate stays.
            Files.writeString(certificate, second.certificatePem());
            await().until(() -> log().contains("\"event\":\"fault\""));
            assertThat(servedTo(server)).isEqualTo(first.certificate());

            second.writeTo(certificate, key);
            await().untilAsserted(() -> assertThat(servedTo(server)).isEqualTo(second.certificate()));
            assertThat(ask(existing)).startsWith("HTTP/1.1 200");
            await().until(() -> log().contains("\"event\":\"certificate_reloaded\""));
            assertThat(log().split("certificate_reloaded", -1)).hasSize(2);
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("vitrine.json"));
    }

    @Test
    void doesNotStartWithoutAReadableCertificate() {
        Path missing = folder.resolve("none.crt");

        assertThatThrownBy(() -> start(Telemetry.off(), missing, missing).close())
                .hasMessageContaining("none.crt");
    }

    @Test
    void plainHttpToATlsPortGetsNoAnswer() throws Exception {
        Path certificate = folder.resolve("tls.crt");
        Path key = folder.resolve("tls.key");
        identity("first").writeTo(certificate, key);

        try (TestServer server = start(Telemetry.off(), certificate, key)) {
            assertThat(server.exchange(HEALTH)).doesNotContain("HTTP/1.1");
        }
    }

    private static TestServer start(Telemetry telemetry, Path certificate, Path key) {
        return TestServer.start(
                telemetry,
                4,
                "server.tls-certificate=" + certificate,
                "server.tls-key=" + key,
                "server.tls-reload-interval=100ms");
    }

    private static SSLSocket connect(TestServer server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket("127.0.0.1", server.server().apiPort());
        socket.startHandshake();
        return socket;
    }

    /** Which certificate is served is what the test asks. */
    private static final class AnyCertificate implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static Certificate servedTo(TestServer server) throws Exception {
        try (SSLSocket socket = connect(server)) {
            return served(socket);
        }
    }

    private static Certificate served(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0];
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(HEALTH.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = new byte[512];
        return new String(answer, 0, socket.getInputStream().read(answer), StandardCharsets.US_ASCII);
    }

    /** Made by the JDK's keytool, which has no Java interface. */
    private Identity identity(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        X509Certificate certificate = (X509Certificate) keys.getCertificate("own");
        return new Identity(
                pem("CERTIFICATE", certificate.getEncoded()),
                pem("PRIVATE KEY", keys.getKey("own", PASSWORD.toCharArray()).getEncoded()),
                certificate);
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
                + "-----\n";
    }
}
