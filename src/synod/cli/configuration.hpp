#pragma once

#include <string>
#include <string_view>

#include "synod/node/options.hpp"

namespace synod::cli {

// Reads a paxos.conf into the fields of `options` that it speaks of. Throws UsageError, which names file
// and line, what is wrong and what was expected.
void read_configuration(const std::string& path, node::Options& options);

// The same of a text at hand; `path` is for messages only.
void parse_configuration(std::string_view text, const std::string& path, node::Options& options);

}  // namespace synod::cli
