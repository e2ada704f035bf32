package io.vitrine.gpu;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * A process on a GPU. In a container the ids may be the host's, so that one's own is not always found.
 *
 * @param kind what it does there
 * @param pid process id
 * @param bytesOrNull its memory on the GPU; null when the driver cannot tell
 * @param instanceOrNull its MIG GPU instance; null outside MIG
 * @param nameOrNull its name; null when the driver does not tell
 */
public record GpuProcess(
        Kind kind,
        long pid,
        @Nullable Long bytesOrNull,
        @Nullable Integer instanceOrNull,
        @Nullable String nameOrNull) {

    /** What a process does with the GPU. */
    public enum Kind {
        /** Computes. */
        COMPUTE,
        /** Draws. */
        GRAPHICS,
        /** Computes through the multi-process service. */
        SHARED_COMPUTE
    }

    /** Its memory on the GPU. */
    public OptionalLong usedBytes() {
        return bytesOrNull == null ? OptionalLong.empty() : OptionalLong.of(bytesOrNull);
    }

    /** The MIG GPU instance it runs on. */
    public OptionalInt gpuInstance() {
        return instanceOrNull == null ? OptionalInt.empty() : OptionalInt.of(instanceOrNull);
    }

    /** Its name. */
    public Optional<String> name() {
        return Optional.ofNullable(nameOrNull);
    }
}
