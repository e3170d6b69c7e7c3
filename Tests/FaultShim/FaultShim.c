// Stands between the program and libc for the files of a store, when it is preloaded.
//
// PEYVAND_SHIM_FILE   a part of the name of the files that are meant
// PEYVAND_SHIM_LOG    where every call that changes such a file is recorded, with its bytes
// PEYVAND_SHIM_FAIL   "CALL NUMBER ERRNO": from that call of that name on, each fails; a number with `once` behind it
//                     fails that one alone; ERRNO 0 writes half of what it is given (a short write)
//
// A record of the log is a line "CALL FD OFFSET LENGTH NAME NAME2\n" and LENGTH bytes. What is said on standard error is
// recorded as ACK. No allocation, no stdio: it runs inside any call.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST 4096
static char watched[MOST];  // by descriptor: 1 a file of the store, 2 a folder
static int logfd = -2;
static int counts[16];
enum { OPENAT, WRITE, PWRITE, FSYNC, FDATASYNC, RENAMEAT, LINKAT, UNLINKAT, FTRUNCATE };
static const char *names[] = {"openat", "write", "pwrite", "fsync", "fdatasync", "renameat", "linkat", "unlinkat", "ftruncate"};

static int isMeant(const char *name) {
  const char *part = getenv("PEYVAND_SHIM_FILE");
  return part && name && strstr(name, part) != NULL && strstr(name, ".lock") == NULL;
}

static void record(const char *call, int fd, long offset, const void *bytes, size_t length, const char *a, const char *b) {
  if (logfd == -2) {
    const char *path = getenv("PEYVAND_SHIM_LOG");
    logfd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  if (logfd < 0) return;
  char line[1024];
  int n = snprintf(line, sizeof line, "%s %d %ld %zu %s %s\n", call, fd, offset, bytes ? length : 0, a ? a : "-", b ? b : "-");
  // One call, so that records of two threads never mix.
  struct { const void *base; size_t length; } parts[2] = {{line, (size_t)n}, {bytes, bytes ? length : 0}};
  syscall(SYS_writev, logfd, parts, bytes ? 2 : 1);
}

// 1 where the call must fail (errno is set), 2 where it must be short.
static int mustFail(int call) {
  const char *fail = getenv("PEYVAND_SHIM_FAIL");
  int number = ++counts[call];
  if (!fail) return 0;
  char name[32];
  int from = 0, code = 0;
  char once[8] = "";
  if (sscanf(fail, "%31s %d %d %7s", name, &from, &code, once) < 3) return 0;
  if (strcmp(name, "any") == 0) {
    number = 0;
    for (int i = 0; i < 16; i++) number += counts[i];
  } else if (strcmp(name, names[call]) != 0) {
    return 0;
  }
  if (once[0] ? number != from : number < from) return 0;
  if (code == 0) return 2;
  errno = code;
  return 1;
}

static int nameOf(int fd) { return fd >= 0 && fd < MOST ? watched[fd] : 0; }

static int opened(int folder, const char *name, int flags, mode_t mode) {
  int meant = isMeant(name), writes = (flags & (O_WRONLY | O_RDWR)) != 0;
  if (meant && writes && mustFail(OPENAT) == 1) return -1;
  int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
  if (fd >= 0 && fd < MOST) {
    watched[fd] = meant && writes ? 1 : (flags & O_DIRECTORY) && !(flags & O_PATH) ? 2 : 0;
    if (watched[fd] == 1) record("open", fd, (flags & O_CREAT) ? 1 : 0, NULL, 0, name, NULL);
  }
  return fd;
}

int openat(int folder, const char *name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened(folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened(folder, name, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (nameOf(fd) == 1) {
    int fails = mustFail(WRITE);
    if (fails == 1) return -1;
    if (fails == 2 && count > 1) count /= 2;
  }
  ssize_t written = syscall(SYS_write, fd, bytes, count);
  if (written > 0) {
    if (nameOf(fd) == 1) record("write", fd, -1, bytes, (size_t)written, NULL, NULL);
    if (fd == 2) record("ack", 2, -1, bytes, (size_t)written, NULL, NULL);
  }
  return written;
}

static ssize_t writtenAt(int fd, const void *bytes, size_t count, off_t offset) {
  if (nameOf(fd) == 1) {
    int fails = mustFail(PWRITE);
    if (fails == 1) return -1;
    if (fails == 2 && count > 1) count /= 2;
  }
  ssize_t written = syscall(SYS_pwrite64, fd, bytes, count, offset);
  if (written > 0 && nameOf(fd) == 1) record("write", fd, (long)offset, bytes, (size_t)written, NULL, NULL);
  return written;
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return writtenAt(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return writtenAt(fd, bytes, count, offset); }

static int synced(int fd, int call, long number) {
  if (nameOf(fd) && mustFail(call) == 1) return -1;
  int result = (int)syscall(number, fd);
  if (result == 0 && nameOf(fd)) record(nameOf(fd) == 2 ? "syncfolder" : "sync", fd, 0, NULL, 0, NULL, NULL);
  return result;
}
int fsync(int fd) { return synced(fd, FSYNC, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, FDATASYNC, SYS_fdatasync); }

int ftruncate(int fd, off_t size) {
  if (nameOf(fd) == 1 && mustFail(FTRUNCATE) == 1) return -1;
  int result = (int)syscall(SYS_ftruncate, fd, size);
  if (result == 0 && nameOf(fd) == 1) record("truncate", fd, (long)size, NULL, 0, NULL, NULL);
  return result;
}
int ftruncate64(int fd, off_t size) { return ftruncate(fd, size); }

// A process that takes itself down step by step, while other threads may still run, says so.
__attribute__((destructor)) static void finished(void) { record("exit", -1, 0, NULL, 0, NULL, NULL); }

int renameat(int from, const char *old, int to, const char *new) {
  if (isMeant(new) && mustFail(RENAMEAT) == 1) return -1;
  int result = (int)syscall(SYS_renameat, from, old, to, new);
  if (result == 0 && isMeant(new)) record("rename", 0, 0, NULL, 0, old, new);
  return result;
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
  if (isMeant(new) && mustFail(LINKAT) == 1) return -1;
  int result = (int)syscall(SYS_linkat, from, old, to, new, flags);
  if (result == 0 && isMeant(new)) record("link", 0, 0, NULL, 0, old, new);
  return result;
}

int unlinkat(int folder, const char *name, int flags) {
  if (isMeant(name) && mustFail(UNLINKAT) == 1) return -1;
  int result = (int)syscall(SYS_unlinkat, folder, name, flags);
  if (result == 0 && isMeant(name)) record("unlink", 0, 0, NULL, 0, name, NULL);
  return result;
}

int close(int fd) {
  if (nameOf(fd) == 1) record("close", fd, 0, NULL, 0, NULL, NULL);
  if (fd >= 0 && fd < MOST) watched[fd] = 0;
  return (int)syscall(SYS_close, fd);
}
