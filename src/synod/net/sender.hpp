#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "synod/net/address.hpp"
#include "synod/net/segments.hpp"

namespace synod::net {

struct SendCounters {
    std::uint64_t datagrams = 0;  // the kernel took
    std::uint64_t bytes = 0;      // of them, without padding
    std::uint64_t calls = 0;      // of sendmmsg
    std::uint64_t coalesced = 0;  // datagrams that went as segments of a larger send
    std::uint64_t waits = 0;      // for room in the send buffer
    std::uint64_t dropped = 0;    // datagrams the kernel did not take
    int last_error = 0;           // errno of the last one dropped
};

// Sends datagrams in as few system calls, and as few trips through the kernel's stack, as possible.
class Sender {
public:
    // Sends through the socket, which outlives it. `coalesce`: use segmentation offload, for datagrams
    // of at most `mtu` bytes with their IP and UDP headers, until the kernel refuses it.
    Sender(int fd, bool coalesce, std::uint32_t mtu);

    void queue(Address to, std::span<const std::byte> head, std::span<const std::byte> body);
    void flush();

    [[nodiscard]] bool coalesces() const noexcept { return coalesce_; }
    [[nodiscard]] const SendCounters& counters() const noexcept { return counters_; }

private:
    struct Queued {
        Address to;
        std::span<const std::byte> head;
        std::span<const std::byte> body;
        [[nodiscard]] std::size_t size() const noexcept { return head.size() + body.size(); }
    };
    // Datagrams [first, end) of the queue, as one message to the kernel.
    struct Group {
        std::size_t first = 0;
        std::size_t end = 0;
        std::size_t segment_bytes = 0;  // 0: a single datagram
        std::size_t pieces = 0;         // index of its first piece
    };
    struct alignas(8) Control {
        std::byte bytes[CMSG_SPACE(sizeof(std::uint16_t))];
    };

    void form_groups(std::size_t first);
    [[nodiscard]] Group group_from(std::size_t first) const;
    void add_pieces(const Group& group);
    void describe(std::size_t group);
    std::size_t send_groups();
    bool overcome(int error);
    [[nodiscard]] static bool refuses_segments(int error) noexcept;
    bool wait_for_room(int error);
    void count_sent(const Group& group) noexcept;
    void drop(const Group& group, int error) noexcept;

    int fd_;
    bool coalesce_;
    std::size_t segment_bytes_max_;
    int wait_ms_left_ = 0;  // of this flush
    std::vector<Queued> queue_;
    std::vector<Group> groups_;
    std::vector<mmsghdr> messages_;  // one a group
    std::vector<sockaddr_in> addresses_;
    std::vector<Control> controls_;
    std::vector<iovec> pieces_;
    SendCounters counters_;
};

}  // namespace synod::net
