/* Makes writes to the database fail while the file FAULTS_FILE begins with a letter:
   s: fsync fails; w: writing fails with an I/O error; n: writing fails for lack of space. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char fault(int fd) {
    const char *control = getenv("FAULTS_FILE");
    char link[64], name[4096], letter = 0;
    int saved = errno;
    if (!control) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length > 0) {
        name[length] = 0;
        int file = strstr(name, "platform.db") ? open(control, O_RDONLY | O_CLOEXEC) : -1;
        if (file >= 0) {
            if (read(file, &letter, 1) != 1) letter = 0;
            close(file);
        }
    }
    errno = saved;
    return letter;
}

static int refused(int fd) {
    char letter = fault(fd);
    if (letter == 'w') errno = EIO;
    else if (letter == 'n') errno = ENOSPC;
    else return 0;
    return 1;
}

#define NEXT(name, result, ...) \
    static result (*next)(__VA_ARGS__); \
    if (!next) next = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t count) {
    NEXT("write", ssize_t, int, const void *, size_t);
    return refused(fd) ? -1 : next(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    NEXT("pwrite", ssize_t, int, const void *, size_t, off_t);
    return refused(fd) ? -1 : next(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    NEXT("pwrite64", ssize_t, int, const void *, size_t, off64_t);
    return refused(fd) ? -1 : next(fd, bytes, count, at);
}

int fsync(int fd) {
    NEXT("fsync", int, int);
    if (fault(fd) == 's') { errno = EIO; return -1; }
    return next(fd);
}

int fdatasync(int fd) {
    NEXT("fdatasync", int, int);
    if (fault(fd) == 's') { errno = EIO; return -1; }
    return next(fd);
}
