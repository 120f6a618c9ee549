#pragma once
/// A compiled pattern. RE2 matches in time linear in the text, whatever the pattern (libre2, Debian's libre2-dev).
typedef struct tocsin_re2 tocsin_re2;
