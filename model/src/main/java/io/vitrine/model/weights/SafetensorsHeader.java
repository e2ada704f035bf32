package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a <a href="https://github.com/huggingface/safetensors#format">safetensors</a> file: eight bytes of
 * length, then a JSON object that names each tensor's type, shape and place.
 */
final class SafetensorsHeader {

    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_TENSORS = 65_536;

    /** Reads one entry in the midst of the others. */
    private static final ObjectReader ENTRY_READER =
            JsonFields.MAPPER.readerFor(Entry.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private SafetensorsHeader() {}

    /** One tensor as the JSON has it; any part may be missing in a damaged file. */
    private record Entry(
            @Nullable String dtype,
            long @Nullable [] shape,
            @JsonProperty("data_offsets") long @Nullable [] dataOffsets) {}

    static List<StoredTensor> read(MappedFile file) {
        ForeignFile.refuse(file);
        if (file.size() < Long.BYTES) {
            throw new ModelFormatException("file ends at " + file.size() + ", before the length of its header");
        }
        byte[] lengthBytes = new byte[Long.BYTES];
        file.read(0, lengthBytes, Long.BYTES);
        long length =
                ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > Math.min(MAX_BYTES, file.size() - Long.BYTES)) {
            throw new ModelFormatException("header length is " + Long.toUnsignedString(length) + " in a file of "
                    + file.size() + " bytes; at most " + MAX_BYTES + " are read");
        }
        // The JSON is at the file's start but for the eight bytes; the copy stays small.
        byte[] start = new byte[Long.BYTES + (int) length];
        file.read(0, start, start.length);
        return parse(start, file.size());
    }

    /** Entry by entry, so that a hostile header takes no more memory than its tensors do. */
    private static List<StoredTensor> parse(byte[] start, long fileSize) {
        List<StoredTensor> tensors = new ArrayList<>();
        try (JsonParser parser = JsonFields.MAPPER.createParser(start, Long.BYTES, start.length - Long.BYTES)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ModelFormatException("header is not a JSON object");
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                if (name.equals("__metadata__")) {
                    parser.skipChildren();
                } else {
                    tensors.add(tensor(name, ENTRY_READER.readValue(parser), start.length, fileSize));
                }
                if (tensors.size() > MAX_TENSORS) {
                    throw new ModelFormatException("header names more than " + MAX_TENSORS + " tensors");
                }
            }
            requireEnd(parser);
        } catch (JsonProcessingException e) {
            throw JsonFields.notJson(e);
        } catch (IOException e) {
            throw new ModelFormatException("header cannot be read", e);
        }
        requireWhole(tensors, start.length, fileSize);
        return tensors;
    }

    /** The format has no room between tensors, nor behind the last: what lies there is damage, or hidden from whoever checks the file. */
    private static void requireWhole(List<StoredTensor> tensors, long dataStart, long fileSize) {
        long end = dataStart;
        List<StoredTensor> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparingLong(StoredTensor::offset).thenComparingLong(StoredTensor::bytes));
        for (StoredTensor tensor : ordered) {
            if (tensor.offset() > end) {
                throw new ModelFormatException(
                        "there are " + (tensor.offset() - end) + " bytes of no tensor before " + tensor.name());
            }
            end = Math.max(end, tensor.offset() + tensor.bytes());
        }
        if (end < fileSize) {
            throw new ModelFormatException("there are " + (fileSize - end) + " bytes behind the last tensor");
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new ModelFormatException("header is not one whole JSON object");
        }
    }

    private static StoredTensor tensor(String name, @Nullable Entry entry, long dataStart, long fileSize) {
        if (entry == null || entry.dtype() == null || entry.shape() == null || entry.dataOffsets() == null) {
            throw new ModelFormatException(name + " lacks one of dtype, shape and data_offsets");
        }
        StorageType type = StorageType.ofSafetensors(entry.dtype())
                .orElseThrow(() -> new ModelFormatException(
                        name + " is stored as " + entry.dtype() + "; F32, F16 and BF16 are read"));
        long[] offsets = entry.dataOffsets();
        if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > fileSize - dataStart) {
            throw new ModelFormatException(name + " has data_offsets " + Arrays.toString(offsets)
                    + ", not a range inside the " + (fileSize - dataStart) + " bytes of data");
        }
        StoredTensor tensor = StoredTensor.of(name, type, shape(name, entry.shape()), dataStart + offsets[0]);
        if (tensor.bytes() != offsets[1] - offsets[0]) {
            throw new ModelFormatException(name + " has " + (offsets[1] - offsets[0]) + " bytes of data, " + type + " "
                    + tensor.shape() + " takes " + tensor.bytes());
        }
        return tensor;
    }

    private static List<Long> shape(String name, long[] lengths) {
        List<Long> shape = new ArrayList<>();
        for (long length : lengths) {
            if (length < 0) {
                throw new ModelFormatException("shape of " + name + " has the dimension " + length);
            }
            shape.add(length);
        }
        return shape;
    }
}
