#include "synod/cli/progress_bar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace synod::cli {

ProgressBar::ProgressBar() : visible_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (visible_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressBar::show(double share, std::string_view text) const {
    if (!visible_) return;
    constexpr int kWidth = 30;
    const double shown = std::clamp(share, 0.0, 1.0);
    const int filled = static_cast<int>(shown * kWidth);
    fmt::print(stderr, "\r\x1b[K[{:=<{}}{: <{}}] {:3.0f} %  {}", "", filled, "", kWidth - filled, shown * 100,
               text);
    std::fflush(stderr);
}

}  // namespace synod::cli
