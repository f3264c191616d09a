#include "synod/net/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace synod::net {

sockaddr_in to_sockaddr(Address address) noexcept {
    sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_addr.s_addr = htonl(address.ip);
    native.sin_port = htons(address.port);
    return native;
}

Address from_sockaddr(const sockaddr_in& address) noexcept {
    return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

std::string ip_text(std::uint32_t ip) {
    return fmt::format("{}.{}.{}.{}", ip >> 24, (ip >> 16) & 255, (ip >> 8) & 255, ip & 255);
}

std::string to_string(Address address) {
    return fmt::format("{}:{}", ip_text(address.ip), address.port);
}

std::optional<std::uint32_t> parse_ip(std::string_view text) {
    in_addr parsed{};
    if (inet_pton(AF_INET, std::string(text).c_str(), &parsed) != 1) return std::nullopt;
    return ntohl(parsed.s_addr);
}

std::optional<Address> parse_address(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto ip = parse_ip(text.substr(0, colon));
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (!ip || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return Address{*ip, port};
}

}  // namespace synod::net
