package io.vitrine.gpu.nvml;

/** Is told when a call into the driver begins and when it comes back, so that someone else can see one that does not. */
public interface CallWatch {

    /** Watches nothing. */
    CallWatch NONE = new CallWatch() {
        @Override
        public void began(NvmlSymbol symbol) {}

        @Override
        public void ended() {}
    };

    /** Called on the calling thread, just before the call. */
    void began(NvmlSymbol symbol);

    /** Called on the same thread when it is back. */
    void ended();
}
