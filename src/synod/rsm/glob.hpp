#pragma once

#include <string_view>

namespace synod::rsm {

// Whether the whole text is as the pattern says: * any bytes, ? any one, [a-z] one of these, [^a-z] none of
// them, \ takes away what the next one means. Takes at most |pattern| * |text| steps, whatever they are.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace synod::rsm
