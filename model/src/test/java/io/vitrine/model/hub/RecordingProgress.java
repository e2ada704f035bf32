package io.vitrine.model.hub;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was told; the many calls of {@code advanced} as the last value only. */
final class RecordingProgress implements DownloadProgress {

    final List<String> events = new CopyOnWriteArrayList<>();
    volatile long doneBytes = -1;

    @Override
    public void started(String what, long alreadyDone, OptionalLong totalBytes) {
        events.add(
                "started " + what + " " + alreadyDone + "/" + (totalBytes.isPresent() ? totalBytes.getAsLong() : "?"));
    }

    @Override
    public void advanced(long nowDoneBytes) {
        doneBytes = nowDoneBytes;
    }

    @Override
    public void finished() {
        events.add("finished " + doneBytes);
    }

    @Override
    public void note(String sentence) {
        events.add(sentence);
    }
}
