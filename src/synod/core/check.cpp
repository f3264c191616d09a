#include "synod/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace synod {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "synod: invariant broken at %s:%d: %s\n", file, line, condition);
    std::abort();
}

}  // namespace synod
