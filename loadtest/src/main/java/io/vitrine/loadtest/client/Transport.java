package io.vitrine.loadtest.client;

/** Sends requests; everything it reports comes on the loop of its driver. */
public interface Transport {

    /** Sends a request body. */
    Call send(String requestId, byte[] body, Listener listener);

    /** A request on its way. */
    @FunctionalInterface
    interface Call {

        /** Closes its stream; nothing is reported afterwards. */
        void cancel();
    }

    /** What happens to a request: sent, then head, then data, then one of ended and failed. */
    interface Listener {

        /** The first byte is handed to the socket. */
        void sent(long atNanos);

        void head(int status, long atNanos);

        void data(byte[] bytes, long atNanos);

        void ended(long atNanos);

        void failed(Throwable cause, long atNanos);
    }
}
