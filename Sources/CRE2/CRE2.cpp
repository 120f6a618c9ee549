#include "CRE2.h"

#include <new>

#include <re2/re2.h>

namespace {

/// What one pattern, with its automata, may take in memory; past it RE2 goes on more slowly, or refuses the pattern.
constexpr int64_t kMemory = 4 << 20;

RE2::Options Options(bool case_sensitive) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMemory);
    options.set_case_sensitive(case_sensitive);
    return options;
}

re2::StringPiece Text(const char *text, size_t length) { return re2::StringPiece(text ? text : "", text ? length : 0); }

}  // namespace

struct tocsin_re2 {
    tocsin_re2(const char *pattern, size_t length, bool case_sensitive)
        : re(Text(pattern, length), Options(case_sensitive)) {}
    RE2 re;
};

// An exception must not leave C++; the only ones there can be say that memory is lacking.

tocsin_re2 *tocsin_re2_new(const char *pattern, size_t length, bool case_sensitive) {
    try {
        return new tocsin_re2(pattern, length, case_sensitive);
    } catch (...) {
        return nullptr;
    }
}

const char *tocsin_re2_error(const tocsin_re2 *re) { return re->re.ok() ? nullptr : re->re.error().c_str(); }

int tocsin_re2_groups(const tocsin_re2 *re) { return re->re.ok() ? re->re.NumberOfCapturingGroups() : 0; }

bool tocsin_re2_matches(const tocsin_re2 *re, const char *text, size_t length) {
    try {
        return re->re.ok() && re->re.Match(Text(text, length), 0, text ? length : 0, RE2::UNANCHORED, nullptr, 0);
    } catch (...) {
        return false;
    }
}

bool tocsin_re2_first_group(const tocsin_re2 *re, const char *text, size_t length, size_t *start, size_t *end) {
    try {
        if (tocsin_re2_groups(re) < 1) return false;
        re2::StringPiece whole = Text(text, length);
        re2::StringPiece found[2];
        if (!re->re.Match(whole, 0, whole.size(), RE2::UNANCHORED, found, 2) || found[1].data() == nullptr) return false;
        *start = static_cast<size_t>(found[1].data() - whole.data());
        *end = *start + found[1].size();
        return true;
    } catch (...) {
        return false;
    }
}

void tocsin_re2_free(tocsin_re2 *re) { delete re; }
