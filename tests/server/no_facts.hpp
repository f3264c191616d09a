#pragma once

#include <string>
#include <vector>

#include "synod/rsm/client_commands.hpp"

namespace synod::server {

// Of a server that says nothing of itself.
class NoFacts : public rsm::ServerFacts {
    [[nodiscard]] std::vector<Section> info() const override { return {}; }
    [[nodiscard]] Fields configuration() const override { return {}; }
    [[nodiscard]] bool is_full() const override { return false; }
    [[nodiscard]] std::string clients() const override { return {}; }
};

}  // namespace synod::server
