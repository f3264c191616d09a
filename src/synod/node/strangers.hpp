#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "synod/wire/codec.hpp"

namespace synod::node {

// Tells people, once each, who is heard and cannot be worked with: processes of another run of this cluster;
// and those of another cluster, unless that may share the groups.
class Strangers {
public:
    enum class Clusters : std::uint8_t { alone, share };

    explicit Strangers(Clusters clusters) : clusters_(clusters) {}

    // After datagrams have come: a line, when there is one to say.
    [[nodiscard]] std::optional<std::string> look(const wire::Decoder& decoder);

private:
    Clusters clusters_;
    std::uint64_t of_run_ = 0;  // datagrams
    std::uint64_t of_cluster_ = 0;
    bool run_said_ = false;
    bool cluster_said_ = false;
};

}  // namespace synod::node
