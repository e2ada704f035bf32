package io.vitrine.gpu.nvml;

import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What a call answered and, if that was {@link NvmlReturn#SUCCESS}, the value.
 *
 * @param code the number as the library returned it, known or not
 * @param value null exactly when the call did not succeed
 */
public record NvmlResult<T>(int code, @Nullable T value) {

    /** Refuses a success without a value, and a failure with one. */
    public NvmlResult {
        if ((code == 0) == (value == null)) {
            throw new IllegalArgumentException("code " + code + " with value " + value);
        }
    }

    static <T> NvmlResult<T> failed(int code) {
        return new NvmlResult<>(code, null);
    }

    static <T> NvmlResult<T> failed(NvmlReturn returned) {
        return failed(returned.code());
    }

    static <T> NvmlResult<T> of(T value) {
        return new NvmlResult<>(0, value);
    }

    /** The code by name. */
    public NvmlReturn returned() {
        return NvmlReturn.of(code);
    }

    /** The value of a call that succeeded. */
    public Optional<T> optional() {
        return Optional.ofNullable(value);
    }

    /** The same answer with another form of the value. */
    public <R> NvmlResult<R> map(Function<? super T, ? extends R> form) {
        T here = value;
        return here == null ? failed(code) : of(form.apply(here));
    }
}
