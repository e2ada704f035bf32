package io.vitrine.server.alerting.delivery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.vitrine.observability.catalogue.ReceiverKind;

/** Where notifications go: settings, and how a message is rendered. Its text shows no secret. */
sealed interface Receiver permits HttpReceiver, EmailReceiver {

    String name();

    ReceiverKind kind();

    /** Certificates of the authorities to trust, PEM; those of the JDK if there is none. */
    Optional<Path> caFile();

    List<Secret> secrets();

    /** The text without the receiver's secrets. */
    default String masked(String text) {
        String masked = text;
        for (Secret secret : secrets()) {
            masked = secret.maskedIn(masked);
        }
        return masked;
    }
}
