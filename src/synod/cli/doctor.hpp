#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synod/cli/inspected_cluster.hpp"

namespace synod::cli {

enum class Health { ok, warning, problem };

// What one look at this host found, and what to do about it.
struct Diagnosis {
    Health health = Health::ok;
    std::string check;  // one word: what was looked at
    std::string text;
    std::string remedy;  // empty: nothing to do
};
using Diagnoses = std::vector<Diagnosis>;

// The looks, each on its own. They change nothing, and processes of the cluster may run meanwhile.
Diagnoses look_at_interface(const InspectedCluster& cluster);
// Whether datagrams to the groups arrive, and to a process alone; if not, or not surely, which rules of a
// firewall are to blame; and who else holds the ports of groups and servers.
Diagnoses look_at_traffic(const InspectedCluster& cluster);
Diagnoses look_at_instances(const InspectedCluster& cluster);
Diagnoses look_at_buffers(const InspectedCluster& cluster);

// All of them; a configuration that cannot be read is a finding, too, and then only what does not need it is
// looked at.
Diagnoses examine(const std::string& configuration);

}  // namespace synod::cli
