#pragma once
// Calls of Linux that Swift's Glibc module does not show. Each returns what the call returns, and leaves errno.
#include <stdint.h>

/// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST instead of replacing.
int clinux_rename_noreplace(int from_directory, const char *from, int to_directory, const char *to);
/// eventfd(2), non-blocking and closed on exec.
int clinux_eventfd(void);
/// inotify_init1(2), non-blocking and closed on exec.
int clinux_inotify(void);
/// The f_type of fstatfs(2); -1 where it fails.
int64_t clinux_filesystem_type(int descriptor);
/// mallopt(3), M_ARENA_MAX: how many pools malloc keeps at most. 1 where it took that, else 0.
int clinux_limit_arenas(int count);
