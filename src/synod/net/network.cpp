#include "synod/net/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace synod::net {

namespace {

std::vector<Socket> open_sockets(const Interface& interface, const NetworkOptions& options) {
    std::vector<Socket> sockets;
    sockets.push_back(open_unicast(interface, options.ttl, options.local));
    for (const Address group : options.groups)
        sockets.push_back(open_member(interface, group));
    return sockets;
}

std::string shortfall(std::string_view which, std::string_view limit, std::size_t got, std::size_t wish) {
    if (got >= wish) return {};
    return fmt::format(
        "the kernel grants {} buffers of {} KiB instead of {} KiB, so bursts may be lost and sent again: "
        "sysctl -w {}={}",
        which, got >> 10, wish >> 10, limit, wish);
}

}  // namespace

Network::Network(const NetworkOptions& options)
    : interface_(resolve_interface(options.interface)),
      sockets_(open_sockets(interface_, options)),
      local_(sockets_.front().local()),
      sender_(sockets_.front().fd(), options.offload, interface_.mtu),
      receiver_(std::max(1U, options.receive_batch)) {
    for (const Socket& socket : sockets_) {
        descriptors_.push_back(socket.fd());
        if (options.offload) receive_coalesced(socket);
        count_overflow(socket);
    }
    raise_buffers(options);
}

void Network::raise_buffers(const NetworkOptions& options) {
    receive_buffer_bytes_ = options.receive_buffer_bytes;
    for (const Socket& socket : sockets_) {
        const std::size_t granted = raise_receive_buffer(socket, options.receive_buffer_bytes);
        receive_buffer_bytes_ = std::min(receive_buffer_bytes_, granted);
    }
    const std::size_t granted = raise_send_buffer(sockets_.front(), options.send_buffer_bytes);
    warning_ = shortfall("receive", "net.core.rmem_max", receive_buffer_bytes_, options.receive_buffer_bytes);
    const std::string send = shortfall("send", "net.core.wmem_max", granted, options.send_buffer_bytes);
    if (!warning_.empty() && !send.empty()) warning_ += "; ";
    warning_ += send;
}

}  // namespace synod::net
