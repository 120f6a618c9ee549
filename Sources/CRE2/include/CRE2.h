#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. RE2 matches in time linear in the text, whatever the pattern (libre2, Debian's libre2-dev).
/// Compiling is done once; after that any number of threads may match with it.
typedef struct tocsin_re2 tocsin_re2;

/// Compiles a pattern of `length` bytes of UTF-8. Never null but where memory is lacking; ask `tocsin_re2_error`.
tocsin_re2 *_Nullable tocsin_re2_new(const char *_Nonnull pattern, size_t length, bool case_sensitive);

/// Why the pattern is no pattern; null where it is one. Lives as long as the pattern.
const char *_Nullable tocsin_re2_error(const tocsin_re2 *_Nonnull re);

/// How many groups the pattern has.
int tocsin_re2_groups(const tocsin_re2 *_Nonnull re);

/// Whether the pattern is found anywhere in the text.
bool tocsin_re2_matches(const tocsin_re2 *_Nonnull re, const char *_Nullable text, size_t length);

/// The bytes of the first group; false where the pattern is not found, or the group took no part in the match.
bool tocsin_re2_first_group(
    const tocsin_re2 *_Nonnull re, const char *_Nullable text, size_t length, size_t *_Nonnull start, size_t *_Nonnull end);

void tocsin_re2_free(tocsin_re2 *_Nullable re);

#ifdef __cplusplus
}
#endif
