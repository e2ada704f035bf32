package io.vitrine.gpu.nvml;

import java.util.EnumMap;
import java.util.Map;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import org.jspecify.annotations.Nullable;

/** The driver's library, loaded, with the functions it has. Looked up once: a function that is missing stays missing. Any thread. */
public final class NvmlLibrary {

    /** The name to load: the one that {@code dlopen} finds by {@code LD_LIBRARY_PATH} alone, too. */
    public static final String DEFAULT_NAME = "libnvidia-ml.so.1";

    private final Map<NvmlSymbol, Function> functions = new EnumMap<>(NvmlSymbol.class);
    private final CallWatch watch;

    private NvmlLibrary(NativeLibrary library, CallWatch watch) {
        this.watch = watch;
        for (NvmlSymbol symbol : NvmlSymbol.values()) {
            try {
                functions.put(symbol, library.getFunction(symbol.exported()));
            } catch (UnsatisfiedLinkError missing) {
                // An older driver: the call answers FUNCTION_NOT_FOUND.
            }
        }
    }

    /**
     * Loads the library, from {@code jna.library.path} or else where the system's loader looks.
     *
     * @param name a file name, or a path
     * @return {@link NvmlReturn#LIBRARY_NOT_FOUND} where there is none
     */
    public static NvmlResult<NvmlLibrary> load(String name, CallWatch watch) {
        try {
            return NvmlResult.of(new NvmlLibrary(NativeLibrary.getInstance(name), watch));
        } catch (UnsatisfiedLinkError missing) {
            return NvmlResult.failed(NvmlReturn.LIBRARY_NOT_FOUND);
        }
    }

    /** Whether the driver's library has the function. */
    public boolean has(NvmlSymbol symbol) {
        return functions.containsKey(symbol);
    }

    /** Calls a function, and blocks until it answers: its code, or {@link NvmlReturn#FUNCTION_NOT_FOUND}'s. */
    int call(NvmlSymbol symbol, @Nullable Object... arguments) {
        Function function = functions.get(symbol);
        if (function == null) {
            return NvmlReturn.FUNCTION_NOT_FOUND.code();
        }
        watch.began(symbol);
        try {
            return function.invokeInt(arguments);
        } finally {
            watch.ended();
        }
    }
}
