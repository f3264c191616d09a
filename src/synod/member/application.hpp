#pragma once

#include <string>

#include "synod/rsm/state_machine.hpp"

namespace synod::member {

// What a member does with the commands that the log delivers, each once and in the one order of all members.
class Application {
public:
    virtual ~Application() = default;
    // The next command. Appends the answer for whoever submitted it; returns the command's position.
    virtual rsm::Position apply(rsm::UnixTime proposed, Bytes command, std::string& answer) = 0;
    // After the last of those that were decided together.
    virtual void end_batch() {}
};

}  // namespace synod::member
