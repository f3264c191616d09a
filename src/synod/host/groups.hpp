#pragma once

#include <array>

#include "synod/core/endpoint.hpp"

namespace synod::host {

// Every role has a group.
inline constexpr std::array<Role, kRoles> kGroups{Role::client, Role::proposer, Role::acceptor,
                                                  Role::learner};

// Whether a process in a role hears a group: its own; learners and proposers also the acceptors', whose 2As
// carry the values; proposers also the learners', where they see what is decided.
[[nodiscard]] constexpr bool hears(Role role, Role group) noexcept {
    if (role == group) return true;
    if (group == Role::acceptor) return role == Role::learner || role == Role::proposer;
    return group == Role::learner && role == Role::proposer;
}

}  // namespace synod::host
