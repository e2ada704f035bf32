package io.vitrine.model.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.model.weights.GgufMetadata;

/** Reads the key-value pairs of a sound GGUF file, version 3, for tests of what is made of them. */
final class GgufMetadataReader {

    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final ByteBuffer file;

    private GgufMetadataReader(ByteBuffer file) {
        this.file = file.order(ByteOrder.LITTLE_ENDIAN);
    }

    static GgufMetadata read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            return new GgufMetadataReader(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())).read();
        }
    }

    private GgufMetadata read() {
        file.position(16); // magic, version, tensor count
        Map<String, Object> values = new HashMap<>();
        for (long left = file.getLong(); left > 0; left--) {
            String key = string();
            values.put(key, value(file.getInt()));
        }
        return new GgufMetadata(values);
    }

    private Object value(int type) {
        if (type == STRING) {
            return string();
        } else if (type == ARRAY) {
            return array(file.getInt(), Math.toIntExact(file.getLong()));
        } else if (type == BOOL) {
            return file.get() != 0;
        }
        return type == FLOAT32 ? (Object) (double) file.getFloat() : whole(BYTES[type]);
    }

    private Object array(int type, int length) {
        if (type == STRING) {
            List<String> strings = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                strings.add(string());
            }
            return strings;
        } else if (type == FLOAT32) {
            float[] floats = new float[length];
            for (int i = 0; i < length; i++) {
                floats[i] = file.getFloat();
            }
            return floats;
        }
        int[] integers = new int[length];
        for (int i = 0; i < length; i++) {
            integers[i] = (int) whole(BYTES[type]);
        }
        return integers;
    }

    private long whole(int bytes) {
        return switch (bytes) {
            case 1 -> file.get();
            case 2 -> file.getShort();
            case 4 -> file.getInt();
            default -> file.getLong();
        };
    }

    private String string() {
        byte[] bytes = new byte[Math.toIntExact(file.getLong())];
        file.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
