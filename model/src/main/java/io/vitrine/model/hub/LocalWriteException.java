package io.vitrine.model.hub;

import java.io.IOException;

/** This machine's disk failed, not the network: trying the download again would not help. */
final class LocalWriteException extends IOException {

    private static final long serialVersionUID = 1L;

    LocalWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
