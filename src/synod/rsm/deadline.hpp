#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

// What a number that stands for a point in time counts, and from where.
struct TimeUnit {
    bool seconds = false;   // else milliseconds
    bool absolute = false;  // since 1970, else from now on
    friend constexpr bool operator==(TimeUnit, TimeUnit) noexcept = default;
};

// The deadline that it means, in milliseconds since 1970; none: it is none that could be written.
[[nodiscard]] std::optional<std::int64_t> deadline_of(std::int64_t number, TimeUnit unit,
                                                      UnixTime now) noexcept;

[[nodiscard]] std::string invalid_expire_time(std::string_view command);

}  // namespace synod::rsm
