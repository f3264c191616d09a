#pragma once

#include <string>

namespace synod::trace {

// How the elements of a diagram look, on light and on dark, as CSS. Every colour is written out: some viewers
// of SVG know no variables, and would draw all of it black.
[[nodiscard]] std::string diagram_style();

// So many ballots can be told apart by colour and by dashes (class c0 and so on); then they begin anew, and
// their names tell.
inline constexpr std::size_t kBallotStyles = 6;

}  // namespace synod::trace
