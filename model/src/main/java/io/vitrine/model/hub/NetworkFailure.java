package io.vitrine.model.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/** Says in words what the JDK's HTTP client reports by exception class, often without a message. */
final class NetworkFailure {

    private NetworkFailure() {}

    static String describe(IOException failure) {
        if (hasCause(failure, UnresolvedAddressException.class)) {
            return "the host name cannot be resolved";
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof ConnectException) {
            return "the connection is refused";
        }
        if (failure instanceof SSLException) {
            return "no secure connection: " + failure.getMessage();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static boolean hasCause(@Nullable Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
