package io.vitrine.model.weights;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A mapped file and the tensors in it: the part of reading that GGUF and safetensors share. */
final class TensorFile implements AutoCloseable {

    /** Enough to make the calls cheap, little enough to stay in the core's own cache; a multiple of every block. */
    private static final int CHUNK_VALUES = 8192;

    private final MappedFile file;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();

    /** @throws ModelFormatException if two tensors have one name or share bytes, or one reaches past the end of the file */
    TensorFile(MappedFile file, List<StoredTensor> tensors) {
        this.file = file;
        for (StoredTensor tensor : tensors) {
            requireInside(tensor);
            if (this.tensors.put(tensor.name(), tensor) != null) {
                throw new ModelFormatException("there are two tensors named " + tensor.name());
            }
        }
        requireDisjoint(tensors);
    }

    private void requireInside(StoredTensor tensor) {
        // Written as a subtraction: offset + bytes of a damaged file may overflow.
        if (tensor.offset() > file.size() || tensor.bytes() > file.size() - tensor.offset()) {
            throw new ModelFormatException(tensor.name() + " takes " + tensor.bytes() + " bytes at offset "
                    + tensor.offset() + ", past the end of the file at " + file.size());
        }
    }

    private static void requireDisjoint(List<StoredTensor> tensors) {
        List<StoredTensor> ordered = new ArrayList<>(tensors);
        ordered.removeIf(tensor -> tensor.bytes() == 0);
        ordered.sort(Comparator.comparingLong(StoredTensor::offset));
        for (int i = 1; i < ordered.size(); i++) {
            StoredTensor before = ordered.get(i - 1);
            if (before.offset() + before.bytes() > ordered.get(i).offset()) {
                throw new ModelFormatException(
                        before.name() + " and " + ordered.get(i).name() + " share bytes at offset "
                                + ordered.get(i).offset());
            }
        }
    }

    /** In the order of the file's header. */
    Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    StoredTensor tensor(String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(file.path() + " has no tensor named " + name);
        }
        return tensor;
    }

    /** As {@link ModelWeights#readFloats}. */
    void readFloats(String name, FloatBuffer destination) {
        StoredTensor tensor = tensor(name);
        read(tensor, 0, tensor.values(), destination);
    }

    /** As {@link ModelWeights#readRows}. */
    void readRows(String name, int firstRow, int rows, FloatBuffer destination) {
        StoredTensor tensor = tensor(name);
        if (tensor.shape().size() != 2) {
            throw new IllegalArgumentException(name + " is no matrix: " + tensor.shape());
        }
        Objects.checkFromIndexSize((long) firstRow, rows, tensor.shape().get(0));
        long width = tensor.shape().get(1);
        if (width % tensor.type().blockValues() != 0) {
            throw new IllegalArgumentException(name + " has rows that do not begin with a block: " + tensor.shape());
        }
        read(tensor, firstRow * width, rows * width, destination);
    }

    /** @param first of the values; a multiple of the block's */
    private void read(StoredTensor tensor, long first, long count, FloatBuffer destination) {
        if (destination.remaining() < count) {
            throw new IllegalArgumentException(
                    tensor.name() + " has " + count + " values, the buffer has room for " + destination.remaining());
        }
        StorageType type = tensor.type();
        long start = tensor.offset() + first / type.blockValues() * type.blockBytes();
        int chunkBlocks = CHUNK_VALUES / type.blockValues();
        byte[] stored = new byte[chunkBlocks * type.blockBytes()];
        float[] values = new float[CHUNK_VALUES];
        long blocks = count / type.blockValues();
        for (long done = 0; done < blocks; done += chunkBlocks) {
            int step = (int) Math.min(chunkBlocks, blocks - done);
            file.read(start + done * type.blockBytes(), stored, step * type.blockBytes());
            Dequantizer.dequantize(type, stored, step, values);
            destination.put(values, 0, step * type.blockValues());
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
