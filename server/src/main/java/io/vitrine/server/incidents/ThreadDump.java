package io.vitrine.server.incidents;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;

/** All threads with their stacks, as text; deadlocked ones first. */
final class ThreadDump {

    private static final int FRAMES = 64;

    private ThreadDump() {}

    static EvidenceContent collect(EvidenceRequest request) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] deadlocked = threads.findDeadlockedThreads();
        StringBuilder text = new StringBuilder();
        if (deadlocked != null) {
            text.append("DEADLOCK\n");
            Arrays.stream(threads.getThreadInfo(deadlocked, FRAMES)).forEach(thread -> append(text, thread));
            text.append("ALL THREADS\n");
        }
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds(), FRAMES))
                .filter(Objects::nonNull) // ended meanwhile
                .sorted(Comparator.comparing(ThreadInfo::getThreadName))
                .forEach(thread -> append(text, thread));
        return EvidenceContent.text(text.toString(), request.maxBytes());
    }

    private static void append(StringBuilder text, ThreadInfo thread) {
        text.append('"')
                .append(thread.getThreadName())
                .append("\" id=")
                .append(thread.getThreadId())
                .append(' ')
                .append(thread.getThreadState());
        LockInfo lock = thread.getLockInfo();
        if (lock != null) {
            text.append(" on ").append(lock);
        }
        if (thread.getLockOwnerName() != null) {
            text.append(" held by \"").append(thread.getLockOwnerName()).append('"');
        }
        text.append('\n');
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("    at ").append(frame).append('\n');
        }
        text.append('\n');
    }
}
