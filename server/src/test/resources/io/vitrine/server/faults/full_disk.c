/*
 * A disk that can be full. Loaded with LD_PRELOAD: while the file $FULL_DISK_FLAG exists, writes below $FULL_DISK fail with ENOSPC and the
 * file system there has no free block.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

static int below(const char *path) {
    const char *root = getenv("FULL_DISK");
    return root && strncmp(path, root, strlen(root)) == 0;
}

static int is_full(void) {
    const char *flag = getenv("FULL_DISK_FLAG");
    int saved = errno;
    int full = flag && access(flag, F_OK) == 0;
    errno = saved;
    return full;
}

static int refuses(int fd) {
    char link[64], path[PATH_MAX];
    if (!is_full()) {
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = 0;
    if (!below(path)) {
        return 0;
    }
    errno = ENOSPC;
    return 1;
}

ssize_t write(int fd, const void *data, size_t size) {
    return refuses(fd) ? -1 : REAL(ssize_t, "write", int, const void *, size_t)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return refuses(fd) ? -1 : REAL(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return refuses(fd) ? -1 : REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *data, int count) {
    return refuses(fd) ? -1 : REAL(ssize_t, "writev", int, const struct iovec *, int)(fd, data, count);
}

int fallocate(int fd, int mode, off_t at, off_t size) {
    return refuses(fd) ? -1 : REAL(int, "fallocate", int, int, off_t, off_t)(fd, mode, at, size);
}

int statvfs(const char *path, struct statvfs *found) {
    int result = REAL(int, "statvfs", const char *, struct statvfs *)(path, found);
    if (result == 0 && below(path) && is_full()) {
        found->f_bfree = found->f_bavail = 0;
    }
    return result;
}

int statvfs64(const char *path, struct statvfs64 *found) {
    int result = REAL(int, "statvfs64", const char *, struct statvfs64 *)(path, found);
    if (result == 0 && below(path) && is_full()) {
        found->f_bfree = found->f_bavail = 0;
    }
    return result;
}
