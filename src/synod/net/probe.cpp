#include "synod/net/probe.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "synod/net/error.hpp"
#include "synod/net/socket.hpp"

namespace synod::net {

namespace {

using Clock = std::chrono::steady_clock;

std::string probe_text() {
    std::uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) bits = 0;
    return fmt::format("synod doctor {:016x}", bits);
}

void send_to(const Socket& socket, Address to, std::string_view text) {
    const sockaddr_in native = to_sockaddr(to);
    const auto* address = reinterpret_cast<const sockaddr*>(&native);
    if (sendto(socket.fd(), text.data(), text.size(), 0, address, sizeof native) < 0)
        throw Error(fmt::format("cannot send to {}: {}", to_string(to), std::strerror(errno)));
}

// Reads what is there; whether the text was among it.
bool has_received(const Socket& socket, std::string_view text) {
    std::array<char, 2048> datagram;
    for (;;) {
        const ssize_t size = recv(socket.fd(), datagram.data(), datagram.size(), MSG_DONTWAIT);
        if (size < 0) return false;
        if (std::string_view(datagram.data(), static_cast<std::size_t>(size)) == text) return true;
    }
}

bool comes(const Socket& socket, std::string_view text, int timeout_ms) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    for (;;) {
        if (has_received(socket, text)) return true;
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd waited{socket.fd(), POLLIN, 0};
        poll(&waited, 1, static_cast<int>(left));
    }
}

}  // namespace

bool reaches_members(const Interface& interface, Address group, int timeout_ms) {
    const Socket member = open_member(interface, group);
    const Socket sender = open_unicast(interface, 1);
    const std::string text = probe_text();
    send_to(sender, group, text);
    return comes(member, text, timeout_ms);
}

bool reaches_process(const Interface& interface, int timeout_ms) {
    const Socket receiver = open_unicast(interface, 1);
    const Socket sender = open_unicast(interface, 1);
    const std::string text = probe_text();
    send_to(sender, receiver.local(), text);
    return comes(receiver, text, timeout_ms);
}

GrantedBuffers try_buffers(std::size_t receive_bytes, std::size_t send_bytes) {
    const Socket socket;
    return {raise_receive_buffer(socket, receive_bytes), raise_send_buffer(socket, send_bytes)};
}

}  // namespace synod::net
