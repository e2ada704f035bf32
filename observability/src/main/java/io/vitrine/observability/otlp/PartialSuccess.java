package io.vitrine.observability.otlp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a collector says of a batch that it took: how much of it it rejected, and why. The answers of the three signals differ in the
 * names of their fields only: {@code partial_success = 1 { rejected_… = 1; error_message = 2 }}.
 */
record PartialSuccess(long rejected, String message) {

    static final PartialSuccess WHOLE = new PartialSuccess(0, "");

    private static final int PARTIAL_SUCCESS = 1;
    private static final int REJECTED = 1;
    private static final int MESSAGE = 2;
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    /** Of an answer in Protobuf; one that cannot be read rejects nothing. */
    static PartialSuccess parse(byte[] answer) {
        try {
            ByteBuffer fields = ByteBuffer.wrap(answer);
            while (fields.hasRemaining()) {
                long tag = varint(fields);
                if (tag == (PARTIAL_SUCCESS << 3 | BYTES)) {
                    return rejection(bytes(fields));
                }
                skip(tag, fields);
            }
        } catch (RuntimeException e) {
            // Not Protobuf, or cut off: the status has said that the batch was taken.
        }
        return WHOLE;
    }

    private static PartialSuccess rejection(ByteBuffer fields) {
        long rejected = 0;
        String message = "";
        while (fields.hasRemaining()) {
            long tag = varint(fields);
            if (tag == (REJECTED << 3 | VARINT)) {
                rejected = varint(fields);
            } else if (tag == (MESSAGE << 3 | BYTES)) {
                message = StandardCharsets.UTF_8.decode(bytes(fields)).toString();
            } else {
                skip(tag, fields);
            }
        }
        return new PartialSuccess(Math.max(0, rejected), message);
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = from.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    private static ByteBuffer bytes(ByteBuffer from) {
        int length = Math.toIntExact(varint(from));
        ByteBuffer part = from.slice(from.position(), length);
        from.position(from.position() + length);
        return part;
    }

    private static void skip(long tag, ByteBuffer fields) {
        switch ((int) (tag & 7)) {
            case VARINT -> varint(fields);
            case FIXED_64 -> fields.position(fields.position() + Long.BYTES);
            case BYTES -> bytes(fields);
            case FIXED_32 -> fields.position(fields.position() + Integer.BYTES);
            default -> throw new IllegalArgumentException("not a field: " + tag);
        }
    }
}
