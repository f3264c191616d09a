#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "synod/core/ids.hpp"

namespace synod {

// The four roles, each with a multicast group of its own.
enum class Role : std::uint8_t { client = 0, proposer = 1, acceptor = 2, learner = 3 };
inline constexpr int kRoles = 4;
inline constexpr std::array<std::string_view, kRoles> kRoleNames{"client", "proposer", "acceptor", "learner"};
[[nodiscard]] constexpr std::string_view name_of(Role role) noexcept {
    return kRoleNames[static_cast<std::size_t>(role)];
}

// Where one process can be reached. The core only compares and returns it; in production it is an
// IPv4 address and port (host byte order), in a simulation whatever names a process.
struct Endpoint {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    [[nodiscard]] constexpr bool is_none() const noexcept { return port == 0; }
    [[nodiscard]] constexpr auto state() const noexcept { return std::tie(address, port); }
    friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) noexcept = default;
};

// Whom a message is for: the group of a role, or one process.
struct Destination {
    Role group = Role::client;  // read only when `endpoint` is none
    Endpoint endpoint;

    static constexpr Destination to_group(Role role) noexcept { return {role, {}}; }
    static constexpr Destination to_process(Endpoint e) noexcept { return {Role::client, e}; }
    // One process when its endpoint is known, otherwise the whole group of its role.
    static constexpr Destination to_process_or_group(Endpoint e, Role role) noexcept { return {role, e}; }
    [[nodiscard]] constexpr bool is_group() const noexcept { return endpoint.is_none(); }
    friend constexpr auto operator<=>(const Destination&, const Destination&) noexcept = default;
};

}  // namespace synod
