#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "synod/net/address.hpp"
#include "synod/net/interface.hpp"
#include "synod/net/receiver.hpp"
#include "synod/net/sender.hpp"
#include "synod/net/socket.hpp"

namespace synod::net {

struct NetworkOptions {
    std::string interface = "lo";
    std::optional<Address> local;  // of the unicast socket; else an ephemeral port of the interface's address
    std::vector<Address> groups;   // to join
    int ttl = 1;                   // of multicast; 1: stays in the local network
    std::size_t receive_buffer_bytes = std::size_t{8} << 20;  // of each socket, as far as the kernel lets us
    std::size_t send_buffer_bytes = std::size_t{4} << 20;
    unsigned receive_batch = 16;  // 64 KiB buffers that one system call fills
    bool offload = true;          // segmentation offload (UDP_SEGMENT, UDP_GRO) where it works
};

// One process on one interface: a unicast socket, which sends everything and receives what is for this
// process alone; and a socket for each group joined. Nothing leaves the host when the interface is lo.
class Network {
public:
    // Throws Error.
    explicit Network(const NetworkOptions& options);

    // Queues the datagram head||body; both views stand until flush(). It may arrive with zeros behind it.
    void queue(Address to, std::span<const std::byte> head, std::span<const std::byte> body = {}) {
        sender_.queue(to, head, body);
    }
    // Sends all that was queued, in order for each destination. What the kernel does not take is lost and
    // counted, as on any network.
    void flush() { sender_.flush(); }

    // To be polled for reading: the unicast socket, then the groups in the order of the options.
    [[nodiscard]] std::span<const int> descriptors() const noexcept { return descriptors_; }

    // Calls each(std::span<const std::byte> datagram, Address from) for what has arrived at one of the
    // descriptors, as far as it came in the next `buffers_max` buffers (each holds one datagram or, with
    // offload, several). Does not block. Datagrams stand until the next drain. Returns the number of
    // buffers: fewer than asked for means that nothing is left.
    template <typename Each>
    std::size_t drain(int fd, unsigned buffers_max, Each&& each) {
        return receiver_.drain(fd, buffers_max, std::forward<Each>(each));
    }

    [[nodiscard]] Address local() const noexcept { return local_; }
    [[nodiscard]] const Interface& interface() const noexcept { return interface_; }
    [[nodiscard]] std::uint32_t mtu() const noexcept { return interface_.mtu; }
    // The smallest receive buffer of all sockets, as the kernel accounts it; a datagram of 1.4 kB takes
    // about 2.3 kB of it.
    [[nodiscard]] std::size_t receive_buffer_bytes() const noexcept { return receive_buffer_bytes_; }
    // What to tell people about the buffers; empty when they are as large as wished.
    [[nodiscard]] const std::string& warning() const noexcept { return warning_; }

    [[nodiscard]] const SendCounters& sent() const noexcept { return sender_.counters(); }
    [[nodiscard]] const ReceiveCounters& received() const noexcept { return receiver_.counters(); }

private:
    void raise_buffers(const NetworkOptions& options);

    Interface interface_;
    std::vector<Socket> sockets_;  // the unicast one first
    std::vector<int> descriptors_;
    Address local_;
    Sender sender_;
    Receiver receiver_;
    std::size_t receive_buffer_bytes_ = 0;
    std::string warning_;
};

}  // namespace synod::net
