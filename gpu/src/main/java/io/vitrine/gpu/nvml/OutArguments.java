package io.vitrine.gpu.nvml;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

import com.sun.jna.Memory;

/** The shapes in which NVML's functions hand out what they know: a text, numbers behind pointers, a struct. */
final class OutArguments {

    private OutArguments() {}

    static NvmlResult<String> text(NvmlLibrary library, NvmlSymbol symbol, int bytes, Object... leading) {
        try (Memory out = zeroed(bytes)) {
            int code = library.call(symbol, with(leading, out, bytes));
            return code == 0 ? NvmlResult.of(out.getString(0, StandardCharsets.UTF_8.name())) : NvmlResult.failed(code);
        }
    }

    /** {@code count} pointers to unsigned 32-bit numbers, after the leading arguments. */
    static NvmlResult<long[]> unsignedInts(NvmlLibrary library, NvmlSymbol symbol, int count, Object... leading) {
        try (Memory out = zeroed(count * Integer.BYTES)) {
            Object[] pointers = new Object[count];
            for (int i = 0; i < count; i++) {
                pointers[i] = out.share((long) i * Integer.BYTES, Integer.BYTES);
            }
            int code = library.call(symbol, with(leading, pointers));
            if (code != 0) {
                return NvmlResult.failed(code);
            }
            long[] values = new long[count];
            for (int i = 0; i < count; i++) {
                values[i] = Integer.toUnsignedLong(out.getInt((long) i * Integer.BYTES));
            }
            return NvmlResult.of(values);
        }
    }

    /** One pointer to an unsigned 64-bit number: the bits. */
    static NvmlResult<Long> unsignedLong(NvmlLibrary library, NvmlSymbol symbol, Object... leading) {
        try (Memory out = zeroed(Long.BYTES)) {
            int code = library.call(symbol, with(leading, out));
            return code == 0 ? NvmlResult.of(out.getLong(0)) : NvmlResult.failed(code);
        }
    }

    /** One pointer to a struct, which starts with its version word if it has one. */
    static <T> NvmlResult<T> struct(
            NvmlLibrary library, NvmlSymbol symbol, Struct struct, Function<ByteBuffer, T> form, Object... leading) {
        try (Memory out = zeroed(struct.bytes())) {
            if (struct.versionWord() != 0) {
                out.setInt(0, struct.versionWord());
            }
            return filled(library.call(symbol, with(leading, out)), out, form);
        }
    }

    static <T> NvmlResult<T> filled(int code, Memory out, Function<ByteBuffer, T> form) {
        return code == 0
                ? NvmlResult.of(form.apply(out.getByteBuffer(0, out.size()).order(ByteOrder.nativeOrder())))
                : NvmlResult.failed(code);
    }

    static Memory zeroed(int bytes) {
        Memory memory = new Memory(bytes);
        memory.clear();
        return memory;
    }

    private static Object[] with(Object[] leading, Object... trailing) {
        Object[] all = new Object[leading.length + trailing.length];
        System.arraycopy(leading, 0, all, 0, leading.length);
        System.arraycopy(trailing, 0, all, leading.length, trailing.length);
        return all;
    }
}
