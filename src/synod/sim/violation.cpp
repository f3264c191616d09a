#include "synod/sim/violation.hpp"

#include "synod/core/check.hpp"

namespace synod::sim {

namespace {

void throw_violation(const char* condition, const char* file, int line) {
    const std::string path = file;
    const std::size_t name = path.rfind('/');
    throw Violation("invariant broken at " + (name == std::string::npos ? path : path.substr(name + 1)) +
                    ":" + std::to_string(line) + ": " + condition);
}

}  // namespace

ThrowOnBrokenInvariant::ThrowOnBrokenInvariant() noexcept : before_(set_check_handler(throw_violation)) {}

ThrowOnBrokenInvariant::~ThrowOnBrokenInvariant() {
    set_check_handler(before_);
}

}  // namespace synod::sim
