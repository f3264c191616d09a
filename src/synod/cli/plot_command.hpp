#pragma once

#include <string>
#include <vector>

namespace synod::cli {

struct PlotOptions {
    std::vector<std::string> directories{"logs"};
    std::string out;  // where the pictures go; empty: to the first directory
};

// synod plot
int plot_command(const PlotOptions& options);

}  // namespace synod::cli
