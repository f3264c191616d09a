#pragma once

#include <string_view>

namespace synod::cli {

// One line on standard error that shows how far something is; nothing unless that is a terminal.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar();  // clears the line

    [[nodiscard]] bool visible() const noexcept { return visible_; }
    // `share` of all that there is to do.
    void show(double share, std::string_view text) const;

private:
    bool visible_;
};

}  // namespace synod::cli
