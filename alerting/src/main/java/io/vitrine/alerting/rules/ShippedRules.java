package io.vitrine.alerting.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The rules that come with Vitrine. */
public final class ShippedRules {

    private static final String RESOURCE = "/io/vitrine/alerting/rules.yaml";

    private ShippedRules() {}

    /** Reads them from the jar. */
    public static List<AlertRule> read() {
        try (InputStream resource = ShippedRules.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("not in the jar: " + RESOURCE);
            }
            return RuleFile.read(new String(resource.readAllBytes(), StandardCharsets.UTF_8), "the shipped rules");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
