#pragma once

#include "synod/member/configuration.hpp"
#include "synod/node/runtime.hpp"

namespace synod::member {

// What the configuration comes to. Throws std::invalid_argument, which names the place in it
// ("servers[2].address").
[[nodiscard]] node::RuntimeOptions runtime_options(const Configuration& configuration);

}  // namespace synod::member
