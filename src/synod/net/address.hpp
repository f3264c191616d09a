#pragma once

#include <netinet/in.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace synod::net {

// An IPv4 address and a UDP port, in host byte order.
struct Address {
    std::uint32_t ip = 0;
    std::uint16_t port = 0;
    friend constexpr auto operator<=>(const Address&, const Address&) noexcept = default;

    [[nodiscard]] constexpr bool is_multicast() const noexcept { return (ip >> 28) == 0xe; }
};

[[nodiscard]] sockaddr_in to_sockaddr(Address address) noexcept;
[[nodiscard]] Address from_sockaddr(const sockaddr_in& address) noexcept;

[[nodiscard]] std::string ip_text(std::uint32_t ip);   // "239.255.1.1"
[[nodiscard]] std::string to_string(Address address);  // "239.255.1.1:7000"
[[nodiscard]] std::optional<std::uint32_t> parse_ip(std::string_view text);
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

}  // namespace synod::net
