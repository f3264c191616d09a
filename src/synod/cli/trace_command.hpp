#pragma once

#include <optional>
#include <string>

namespace synod::cli {

struct TraceOptions {
    std::string file = "logs/run.trace";
    bool json = false;
    bool chatter = false;                // tell and draw messages that say nothing new, too
    std::string diagram;                 // a file to draw it into, instead of telling it
    std::optional<double> from_seconds;  // where the diagram begins; else where it is worth a look
};

// synod trace
int trace_command(const TraceOptions& given);

}  // namespace synod::cli
