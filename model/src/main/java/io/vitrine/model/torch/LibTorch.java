package io.vitrine.model.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/** The native library, set up once for the process. */
final class LibTorch {

    static {
        // DJL reports its use to its makers and looks for libraries to download, unless told otherwise.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
    }

    private LibTorch() {}

    static Device cpu() {
        return Device.cpu();
    }

    /** Loads the library. {@code threads} work on one operator; the number is the process's. */
    static void start(int threads) {
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
    }
}
