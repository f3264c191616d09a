#pragma once

#include <optional>

#include "synod/cli/cluster.hpp"

namespace synod::cli {

// One line on standard error that shows how far a run is, and how fast; nothing unless that is a terminal.
class ProgressBar {
public:
    // `values`: how many will be delivered in all; 0: nobody knows, the run lasts `seconds`.
    ProgressBar(std::uint64_t values, double seconds);
    ~ProgressBar();  // clears the line

    [[nodiscard]] bool visible() const noexcept { return visible_; }
    void show(const RunProgress& progress);

private:
    [[nodiscard]] double share_of(const RunProgress& progress) const;

    std::uint64_t values_;
    double seconds_;
    bool visible_;
    double rate_ = 0;  // values a second, smoothed
    std::optional<RunProgress> last_;
};

}  // namespace synod::cli
