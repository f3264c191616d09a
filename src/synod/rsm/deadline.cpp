#include "synod/rsm/deadline.hpp"

#include <fmt/format.h>

namespace synod::rsm {

std::optional<std::int64_t> deadline_of(std::int64_t number, TimeUnit unit, UnixTime now) noexcept {
    std::int64_t deadline = number;
    if (unit.seconds && __builtin_mul_overflow(deadline, std::int64_t{1000}, &deadline)) return std::nullopt;
    if (!unit.absolute && __builtin_add_overflow(deadline, now.ms, &deadline)) return std::nullopt;
    return deadline;
}

std::string invalid_expire_time(std::string_view command) {
    return fmt::format("ERR invalid expire time in '{}' command", command);
}

}  // namespace synod::rsm
