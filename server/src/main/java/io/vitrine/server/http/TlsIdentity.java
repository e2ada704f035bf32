package io.vitrine.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;

/**
 * A certificate chain and its private key, as their files have them. Vert.x takes a key that belongs to another
 * certificate, and then fails at every handshake: so {@link #requirePair} tries the two on each other.
 *
 * @param chain PEM, the server's own certificate first
 * @param key PKCS #8 in PEM
 */
record TlsIdentity(Buffer chain, Buffer key) {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] SAMPLE = {1, 2, 3};

    static TlsIdentity read(Path chain, Path key) throws IOException {
        return new TlsIdentity(Buffer.buffer(Files.readAllBytes(chain)), Buffer.buffer(Files.readAllBytes(key)));
    }

    PemKeyCertOptions options() {
        return new PemKeyCertOptions().setCertValue(chain).setKeyValue(key);
    }

    /**
     * The server's own certificate.
     *
     * @throws GeneralSecurityException if the files are not what they should be, or do not belong together
     */
    X509Certificate requirePair() throws GeneralSecurityException {
        X509Certificate own = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(chain.getBytes()));
        String algorithm = own.getPublicKey().getAlgorithm();
        Signature signature = Signature.getInstance(
                switch (algorithm) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> algorithm;
                });
        signature.initSign(privateKey(algorithm));
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        signature.initVerify(own.getPublicKey());
        signature.update(SAMPLE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("server.tls-key does not belong to server.tls-certificate");
        }
        return own;
    }

    private PrivateKey privateKey(String algorithm) throws GeneralSecurityException {
        Matcher pem = PKCS8.matcher(key.toString(StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new GeneralSecurityException(
                    "server.tls-key must be PKCS #8 in PEM, not encrypted (openssl pkcs8 -topk8 -nocrypt)");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }
}
