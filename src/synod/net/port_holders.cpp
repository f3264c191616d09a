#include "synod/net/port_holders.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>

#include "synod/net/proc.hpp"

namespace synod::net {

namespace {

namespace fs = std::filesystem;

template <typename Number>
std::optional<Number> parse(std::string_view text, int base) {
    Number number{};
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    const bool whole = error == std::errc{} && after == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

// "0100007F:1389": the address as the kernel keeps it, in network byte order; the port as a number.
std::optional<Address> parse_local(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto ip = parse<std::uint32_t>(text.substr(0, colon), 16);
    const auto port = parse<std::uint16_t>(text.substr(colon + 1), 16);
    if (!ip || !port) return std::nullopt;
    return Address{ntohl(*ip), *port};
}

std::optional<BoundSocket> parse_line(const std::string& line) {
    std::istringstream words(line);
    std::string number, local, skipped, inode;
    words >> number >> local;
    for (int k = 0; k < 7; ++k)  // rem_address st queues tr:tm retrnsmt uid timeout
        words >> skipped;
    words >> inode;
    const auto address = parse_local(local);
    const auto id = parse<std::uint64_t>(inode, 10);
    if (!address || !id) return std::nullopt;
    return BoundSocket{*address, *id};
}

// The inode of "socket:[4711]".
std::optional<std::uint64_t> socket_inode(const std::string& target) {
    if (!target.starts_with("socket:[") || !target.ends_with(']')) return std::nullopt;
    return parse<std::uint64_t>(std::string_view(target).substr(8, target.size() - 9), 10);
}

// Which processes hold these sockets, as far as we may look.
void find_owners(int pid, const std::map<std::uint64_t, Address>& wanted,
                 std::map<std::uint64_t, int>& owners) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), error)) {
        std::error_code gone;
        const auto inode = socket_inode(fs::read_symlink(entry.path(), gone).string());
        if (inode && wanted.contains(*inode)) owners.emplace(*inode, pid);
    }
}

std::map<std::uint64_t, int> owners_of(const std::map<std::uint64_t, Address>& wanted) {
    std::map<std::uint64_t, int> owners;
    if (wanted.empty()) return owners;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        if (const auto pid = parse<int>(entry.path().filename().string(), 10))
            find_owners(*pid, wanted, owners);
    }
    return owners;
}

}  // namespace

std::vector<BoundSocket> sockets_at(std::uint16_t port, std::string_view udp_table) {
    std::vector<BoundSocket> found;
    std::istringstream lines{std::string(udp_table)};
    for (std::string line; std::getline(lines, line);) {
        const auto socket = parse_line(line);
        if (socket && socket->local.port == port) found.push_back(*socket);
    }
    return found;
}

std::vector<PortHolder> holders_of(std::uint16_t port) {
    std::map<std::uint64_t, Address> wanted;
    for (const BoundSocket& socket : sockets_at(port, read_whole("/proc/net/udp")))
        wanted.emplace(socket.inode, socket.local);
    const auto owners = owners_of(wanted);
    std::vector<PortHolder> holders;
    for (const auto& [inode, local] : wanted) {
        const auto owner = owners.find(inode);
        if (owner == owners.end())
            holders.push_back({0, {}, local});
        else
            holders.push_back({owner->second, command_of(owner->second), local});
    }
    return holders;
}

}  // namespace synod::net
