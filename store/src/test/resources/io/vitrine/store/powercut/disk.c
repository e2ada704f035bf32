/*
 * A disk that forgets at a power cut what was not synced. Loaded with LD_PRELOAD into a process that writes below $DISK_VOLATILE, it keeps
 * below $DISK_DURABLE what would be found after the cut: the content that a file had when it was last synced, and the names that a directory
 * had when it was last synced. A process that is killed leaves that directory as it was at that moment.
 *
 * Modelled after ext4: syncing a file that is new makes its name durable as well; a rename or a deletion is durable once its directory
 * is synced. Shared memory (SQLite's -shm) is never synced and so never there.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what) {
    perror(what);
    _exit(99);
}

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        _exit(98);
    }
    return function;
}

/* Where a path lies on the durable side; 0 if it is not below the volatile directory. */
static int durable_path(const char *path, char *result) {
    const char *from = getenv("DISK_VOLATILE");
    const char *to = getenv("DISK_DURABLE");
    size_t length = from ? strlen(from) : 0;
    if (!from || !to || strncmp(path, from, length) != 0 || (path[length] != '/' && path[length] != 0)) {
        return 0;
    }
    return snprintf(result, PATH_MAX, "%s%s", to, path + length) < PATH_MAX;
}

static int path_of(int fd, char *result) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, result, PATH_MAX - 1);
    if (length < 0) {
        return 0;
    }
    result[length] = 0;
    return 1;
}

static void make_parents(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0777);
        *slash = '/';
    }
}

/* Whole or not at all, so that a kill in between leaves what was there. */
static void copy_content(const char *from, const char *to) {
    char unfinished[PATH_MAX + 8];
    char buffer[65536];
    snprintf(unfinished, sizeof unfinished, "%s.copy", to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (in < 0 || out < 0) {
        die("disk: open");
    }
    for (ssize_t count; (count = read(in, buffer, sizeof buffer)) != 0;) {
        if (count < 0 || write(out, buffer, count) != count) {
            die("disk: copy");
        }
    }
    close(in);
    close(out);
    int (*rename_now)(const char *, const char *) = real("rename");
    if (rename_now(unfinished, to) != 0) {
        die("disk: rename");
    }
}

/* A synced file: its content, and its name if it is new. */
static void keep_file(const char *path) {
    char durable[PATH_MAX];
    char waiting[PATH_MAX + 16];
    if (durable_path(path, durable) && access(path, R_OK) == 0) {
        make_parents(durable);
        copy_content(path, durable);
        snprintf(waiting, sizeof waiting, "%s.renamed", durable);
        remove(waiting);
    }
}

/* A synced directory: names that are gone are gone, names that were given are there, with the content last synced (see rename below). */
static void keep_directory(const char *path) {
    char durable[PATH_MAX];
    if (!durable_path(path, durable)) {
        return;
    }
    make_parents(durable);
    mkdir(durable, 0777);
    DIR *names = opendir(durable);
    if (!names) {
        return;
    }
    int (*unlink_now)(const char *) = real("unlink");
    int (*rename_now)(const char *, const char *) = real("rename");
    for (struct dirent *entry; (entry = readdir(names));) {
        char there[PATH_MAX + 260];
        char here[PATH_MAX + 260];
        struct stat status;
        snprintf(there, sizeof there, "%s/%s", durable, entry->d_name);
        snprintf(here, sizeof here, "%s/%s", path, entry->d_name);
        if (stat(there, &status) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        size_t length = strlen(there);
        if (length > 8 && strcmp(there + length - 8, ".renamed") == 0) {
            char final[PATH_MAX + 260];
            snprintf(final, sizeof final, "%.*s", (int) (length - 8), there);
            if (rename_now(there, final) != 0) {
                die("disk: rename");
            }
        } else if (access(here, F_OK) != 0) {
            unlink_now(there);
        }
    }
    closedir(names);
}

static void synced(int fd) {
    char path[PATH_MAX];
    struct stat status;
    if (!path_of(fd, path) || fstat(fd, &status) != 0) {
        return;
    }
    pthread_mutex_lock(&lock);
    if (S_ISDIR(status.st_mode)) {
        keep_directory(path);
    } else if (S_ISREG(status.st_mode)) {
        keep_file(path);
    }
    pthread_mutex_unlock(&lock);
}

int fsync(int fd) {
    int (*now)(int) = real("fsync");
    int result = now(fd);
    if (result == 0) {
        synced(fd);
    }
    return result;
}

int fdatasync(int fd) {
    int (*now)(int) = real("fdatasync");
    int result = now(fd);
    if (result == 0) {
        synced(fd);
    }
    return result;
}

/* The content last synced waits under the new name for the directory to be synced; a file never synced has none: its name would be empty. */
int rename(const char *from, const char *to) {
    int (*now)(const char *, const char *) = real("rename");
    char durable_from[PATH_MAX];
    char durable_to[PATH_MAX];
    int result = now(from, to);
    if (result == 0 && durable_path(from, durable_from) && durable_path(to, durable_to)) {
        char waiting[PATH_MAX + 16];
        snprintf(waiting, sizeof waiting, "%s.renamed", durable_to);
        pthread_mutex_lock(&lock);
        make_parents(durable_to);
        if (access(durable_from, F_OK) == 0) {
            copy_content(durable_from, waiting);
        } else {
            int empty = open(waiting, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
            close(empty);
        }
        pthread_mutex_unlock(&lock);
    }
    return result;
}
