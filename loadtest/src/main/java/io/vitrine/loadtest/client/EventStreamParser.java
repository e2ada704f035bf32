package io.vitrine.loadtest.client;

import java.util.Arrays;

/** Server-sent events from bytes that may be cut anywhere. Of an event only its data counts; several data lines are joined. */
final class EventStreamParser {

    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};

    private final Handler handler;
    private byte[] line = new byte[512];
    private int lineLength;
    private byte[] data = new byte[512];
    private int dataLength;
    private boolean hasData;
    private boolean skipLineFeed;

    /** Takes the data of an event; the array is lent. */
    @FunctionalInterface
    interface Handler {

        void event(byte[] data, int length);
    }

    EventStreamParser(Handler handler) {
        this.handler = handler;
    }

    void accept(byte[] bytes) {
        int start = 0;
        for (int index = 0; index < bytes.length; index++) {
            byte value = bytes[index];
            if (value == '\n' || value == '\r') {
                if (value == '\n' && skipLineFeed) {
                    skipLineFeed = false;
                    start = index + 1;
                    continue;
                }
                append(bytes, start, index);
                endLine();
                start = index + 1;
                skipLineFeed = value == '\r';
            } else {
                skipLineFeed = false;
            }
        }
        append(bytes, start, bytes.length);
    }

    private void append(byte[] bytes, int from, int to) {
        line = withRoom(line, lineLength + to - from);
        System.arraycopy(bytes, from, line, lineLength, to - from);
        lineLength += to - from;
    }

    private void endLine() {
        if (lineLength == 0) {
            endEvent();
        } else if (lineLength >= DATA.length && Arrays.equals(line, 0, DATA.length, DATA, 0, DATA.length)) {
            addData();
        }
        lineLength = 0;
    }

    private void addData() {
        int from = lineLength > DATA.length && line[DATA.length] == ' ' ? DATA.length + 1 : DATA.length;
        int length = lineLength - from;
        data = withRoom(data, dataLength + length + 1);
        if (hasData) {
            data[dataLength++] = '\n';
        }
        System.arraycopy(line, from, data, dataLength, length);
        dataLength += length;
        hasData = true;
    }

    private void endEvent() {
        if (hasData) {
            handler.event(data, dataLength);
        }
        hasData = false;
        dataLength = 0;
    }

    private static byte[] withRoom(byte[] array, int length) {
        return length <= array.length ? array : Arrays.copyOf(array, Math.max(length, 2 * array.length));
    }
}
