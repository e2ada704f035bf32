package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * One safetensors file: named tensors of F32, F16 or BF16. A model may have several, which {@link HuggingFaceFolder} puts
 * together. Reading is safe from several threads at once.
 */
public final class SafetensorsFile implements AutoCloseable {

    private final TensorFile tensors;

    private SafetensorsFile(TensorFile tensors) {
        this.tensors = tensors;
    }

    /**
     * Maps the file and checks its header.
     *
     * @throws IOException if it is not there or cannot be read
     * @throws ModelFormatException if it is damaged or holds other types
     */
    public static SafetensorsFile open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path);
        try {
            return new SafetensorsFile(new TensorFile(file, SafetensorsHeader.read(file)));
        } catch (ModelFormatException e) {
            file.close();
            throw ModelFormatException.in(path, e);
        }
    }

    /** Every tensor's name. */
    public Set<String> names() {
        return tensors.names();
    }

    /** As {@link ModelWeights#shape}. */
    public List<Long> shape(String name) {
        return tensors.tensor(name).shape();
    }

    /** The format's word for how the tensor is stored: {@code F32}, {@code F16} or {@code BF16}. */
    public String storedType(String name) {
        return tensors.tensor(name).type().name();
    }

    /** Bytes the tensor takes in the file. */
    public long storedBytes(String name) {
        return tensors.tensor(name).bytes();
    }

    /** As {@link ModelWeights#readFloats}. */
    public void readFloats(String name, FloatBuffer destination) {
        tensors.readFloats(name, destination);
    }

    /** As {@link ModelWeights#readRows}. */
    public void readRows(String name, int firstRow, int rows, FloatBuffer destination) {
        tensors.readRows(name, firstRow, rows, destination);
    }

    @Override
    public void close() {
        tensors.close();
    }
}
