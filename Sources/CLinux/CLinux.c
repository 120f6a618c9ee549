#define _GNU_SOURCE
#include "CLinux.h"
#include <malloc.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/vfs.h>

int clinux_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to) {
    return renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE);
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_inotify(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int64_t clinux_filesystem_type(int descriptor) {
    struct statfs facts;
    if (fstatfs(descriptor, &facts) != 0) return -1;
    return (int64_t)(uint32_t)facts.f_type;
}

int clinux_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }
