#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "synod/host/host.hpp"

namespace synod::node {

// Why a process cannot go on, with what to do about it, if there is a reason in its roles: another process is
// what it is, or its learner misses what everybody has forgotten. `who`: "learner 1".
[[nodiscard]] std::optional<std::string> taken(const host::Host& host, std::string_view who);
[[nodiscard]] std::optional<std::string> failure_of(host::Host& host, std::string_view who, Time now);

}  // namespace synod::node
