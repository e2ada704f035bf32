package io.vitrine.server;

import java.lang.management.ManagementFactory;

import com.sun.management.UnixOperatingSystemMXBean;

/** The process's file descriptors. */
final class FileDescriptors {

    private FileDescriptors() {}

    /** Most that may be open at once: the soft limit, which Java raises to the hard one at its start; unlimited where none is known. */
    static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }
}
