#include "synod/core/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace synod {

namespace {

void say(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "synod: invariant broken at %s:%d: %s\n", file, line, condition);
}

thread_local CheckHandler handler_set = nullptr;

}  // namespace

void check_failed(const char* condition, const char* file, int line) {
    (handler_set == nullptr ? say : handler_set)(condition, file, line);
    std::abort();
}

CheckHandler set_check_handler(CheckHandler handler) noexcept {
    return std::exchange(handler_set, handler);
}

}  // namespace synod
