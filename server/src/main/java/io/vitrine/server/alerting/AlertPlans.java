package io.vitrine.server.alerting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.vitrine.alerting.plan.AlertFile;
import io.vitrine.alerting.plan.AlertPlan;
import io.vitrine.server.config.ConfigException;
import io.vitrine.server.config.ServerConfig.AlertsConfig;

/** What is watched, as configured. */
public final class AlertPlans {

    private AlertPlans() {}

    /**
     * The shipped rules, and those of the configured file.
     *
     * @throws ConfigException if the file is not understood; the message says why
     */
    public static AlertPlan read(AlertsConfig config) {
        return config.file().map(AlertPlans::read).orElseGet(AlertFile::shipped);
    }

    private static AlertPlan read(Path file) {
        try {
            return AlertFile.read(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + " (alerts.file)", e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("alerts.file: " + e.getMessage(), e);
        }
    }
}
