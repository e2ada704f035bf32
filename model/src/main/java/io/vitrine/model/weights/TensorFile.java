package io.vitrine.model.weights;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        if (destination.remaining() < tensor.values()) {
            throw new IllegalArgumentException(
                    name + " has " + tensor.values() + " values, the buffer has room for " + destination.remaining());
        }
        StorageType type = tensor.type();
        int chunkBlocks = CHUNK_VALUES / type.blockValues();
        byte[] stored = new byte[chunkBlocks * type.blockBytes()];
        float[] values = new float[CHUNK_VALUES];
        long blocks = tensor.bytes() / type.blockBytes();
        for (long done = 0; done < blocks; done += chunkBlocks) {
            int count = (int) Math.min(chunkBlocks, blocks - done);
            file.read(tensor.offset() + done * type.blockBytes(), stored, count * type.blockBytes());
            Dequantizer.dequantize(type, stored, count, values);
            destination.put(values, 0, count * type.blockValues());
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
