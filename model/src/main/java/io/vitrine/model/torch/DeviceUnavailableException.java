package io.vitrine.model.torch;

/** The model was to run on a GPU and cannot; the message says what would help. Nothing falls back to the processor. */
public final class DeviceUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeviceUnavailableException(String message) {
        super(message);
    }

    DeviceUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
