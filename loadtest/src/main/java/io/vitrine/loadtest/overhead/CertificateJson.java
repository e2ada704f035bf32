package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A certificate as JSON. A value that does not exist is null, never absent. */
final class CertificateJson {

    private CertificateJson() {}

    static String write(Certificate certificate) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("format", Setup.FORMAT);
        json.put("headline", Words.headline(certificate));
        json.put("reservations", Words.reservations(certificate));
        json.put("setup", certificate.setup());
        json.put(
                "tail_percentile",
                certificate.tailPercentile().isPresent()
                        ? (Double) certificate.tailPercentile().getAsDouble()
                        : null);
        json.put("effects", certificate.effects());
        json.put("factors", certificate.factors());
        json.put("reconciliations", certificate.reconciliations());
        json.put("health", certificate.health());
        try {
            return RawData.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the certificate as JSON", e);
        }
    }
}
