package io.vitrine.model.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small GGUF files, right ones and wrong ones. */
final class GgufWriter {

    /** For a tensor to lie behind the one before it. */
    static final long NEXT = Long.MIN_VALUE;

    static final int UINT8 = 0;
    static final int INT16 = 3;
    static final int UINT32 = 4;
    static final int INT32 = 5;
    static final int FLOAT32 = 6;
    static final int BOOL = 7;
    static final int STRING = 8;
    static final int ARRAY = 9;
    static final int UINT64 = 10;
    static final int INT64 = 11;
    static final int FLOAT64 = 12;

    private final Map<String, byte[]> pairs = new LinkedHashMap<>();
    private final List<byte[]> extraPairs = new ArrayList<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private byte[] magic = "GGUF".getBytes(StandardCharsets.US_ASCII);
    private int version = 3;
    private int alignment = 32;
    private long tensorCount = -1;
    private long pairCount = -1;

    /** Dimensions as in the file, fastest first. */
    private record Tensor(long[] dimensions, int type, long offset, float[] values) {}

    /** The smallest model that has everything: 1 layer, width 4, 2 heads of 2 on 1 key/value head, 5 tokens, tied head. */
    static GgufWriter tinyLlama() {
        GgufWriter writer = new GgufWriter()
                .string("general.architecture", "llama")
                .uint32("llama.block_count", 1)
                .uint32("llama.context_length", 16)
                .uint32("llama.embedding_length", 4)
                .uint32("llama.feed_forward_length", 6)
                .uint32("llama.attention.head_count", 2)
                .uint32("llama.attention.head_count_kv", 1)
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        return writer.tensor("token_embd.weight", 4, 5)
                .tensor("output_norm.weight", 4)
                .tensor("blk.0.attn_norm.weight", 4)
                .tensor("blk.0.attn_q.weight", 4, 4)
                .tensor("blk.0.attn_k.weight", 4, 2)
                .tensor("blk.0.attn_v.weight", 4, 2)
                .tensor("blk.0.attn_output.weight", 4, 4)
                .tensor("blk.0.ffn_norm.weight", 4)
                .tensor("blk.0.ffn_gate.weight", 4, 6)
                .tensor("blk.0.ffn_up.weight", 4, 6)
                .tensor("blk.0.ffn_down.weight", 6, 4);
    }

    GgufWriter magic(String fourBytes) {
        magic = fourBytes.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    GgufWriter version(int number) {
        version = number;
        return this;
    }

    /** How the file is laid out; says nothing about it in the metadata. */
    GgufWriter alignment(int bytes) {
        alignment = bytes;
        return this;
    }

    GgufWriter tensorCount(long count) {
        tensorCount = count;
        return this;
    }

    GgufWriter pairCount(long count) {
        pairCount = count;
        return this;
    }

    GgufWriter string(String key, String value) {
        return pair(key, STRING, string(value.getBytes(StandardCharsets.UTF_8)));
    }

    GgufWriter uint32(String key, int value) {
        return pair(key, UINT32, int32(value));
    }

    GgufWriter float32(String key, float value) {
        return pair(key, FLOAT32, int32(Float.floatToRawIntBits(value)));
    }

    GgufWriter array(String key, int elementType, long length, byte[]... elements) {
        return pair(key, ARRAY, bytes(int32(elementType), int64(length), bytes(elements)));
    }

    GgufWriter pair(String key, int type, byte[] value) {
        pairs.put(key, bytes(string(key.getBytes(StandardCharsets.UTF_8)), int32(type), value));
        return this;
    }

    /** Raw bytes after the other pairs, counted as one of them. */
    GgufWriter rawPair(byte[]... pair) {
        extraPairs.add(bytes(pair));
        return this;
    }

    GgufWriter without(String keyOrTensor) {
        pairs.remove(keyOrTensor);
        tensors.remove(keyOrTensor);
        return this;
    }

    /** A float32 tensor whose values count up from 0. */
    GgufWriter tensor(String name, long... dimensions) {
        long count = 1;
        for (long dimension : dimensions) {
            count *= dimension;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return tensor(name, 0, NEXT, values, dimensions);
    }

    GgufWriter tensor(String name, int type, long offset, float[] values, long... dimensions) {
        tensors.put(name, new Tensor(dimensions, type, offset, values));
        return this;
    }

    /** Everything before the tensors' data, and the data of those without an offset of their own. */
    byte[] bytes() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteArrayOutputStream infos = new ByteArrayOutputStream();
        tensors.forEach((name, tensor) -> {
            pad(data);
            long offset = tensor.offset == NEXT ? data.size() : tensor.offset;
            infos.writeBytes(string(name.getBytes(StandardCharsets.UTF_8)));
            infos.writeBytes(int32(tensor.dimensions.length));
            for (long dimension : tensor.dimensions) {
                infos.writeBytes(int64(dimension));
            }
            infos.writeBytes(int32(tensor.type));
            infos.writeBytes(int64(offset));
            if (tensor.offset == NEXT) {
                data.writeBytes(floats(tensor.values));
            }
        });
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(magic);
        file.writeBytes(int32(version));
        file.writeBytes(int64(tensorCount >= 0 ? tensorCount : tensors.size()));
        file.writeBytes(int64(pairCount >= 0 ? pairCount : pairs.size() + extraPairs.size()));
        pairs.values().forEach(file::writeBytes);
        extraPairs.forEach(file::writeBytes);
        file.writeBytes(infos.toByteArray());
        pad(file);
        file.writeBytes(data.toByteArray());
        return file.toByteArray();
    }

    Path write(Path folder) throws IOException {
        return Files.write(folder.resolve("written.gguf"), bytes());
    }

    private void pad(ByteArrayOutputStream stream) {
        while (stream.size() % alignment != 0) {
            stream.write(0);
        }
    }

    static byte[] string(byte[] content) {
        return bytes(int64(content.length), content);
    }

    static byte[] int32(int value) {
        return little(Integer.BYTES).putInt(value).array();
    }

    static byte[] int64(long value) {
        return little(Long.BYTES).putLong(value).array();
    }

    static byte[] floats(float... values) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return bytes;
    }

    static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            stream.writeBytes(part);
        }
        return stream.toByteArray();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
