#pragma once

namespace synod::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace synod::cli
