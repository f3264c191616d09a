#include "synod/net/sender.hpp"

#include <netinet/udp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace synod::net {

namespace {

constexpr std::size_t kHeadersBytes = 20 + 8;  // of IP and UDP
constexpr int kWaitMsMax = 20;                 // for room, in one flush
constexpr std::size_t kMessagesMax = 1024;     // that sendmmsg takes (UIO_MAXIOV)
constexpr std::size_t kPaddingMax = Segments::kSendBytesMax / 2 / 4 + 1;

constexpr std::array<std::byte, kPaddingMax> kZeros{};

iovec view(std::span<const std::byte> bytes) noexcept {
    return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

}  // namespace

Sender::Sender(int fd, bool coalesce, std::uint32_t mtu)
    : fd_(fd),
      coalesce_(coalesce),
      segment_bytes_max_(std::min(Segments::kSendBytesMax / 2, mtu - kHeadersBytes)) {}

void Sender::queue(Address to, std::span<const std::byte> head, std::span<const std::byte> body) {
    queue_.push_back({to, head, body});
}

void Sender::flush() {
    wait_ms_left_ = kWaitMsMax;
    std::size_t next = 0;
    while (next < queue_.size()) {
        form_groups(next);
        next = send_groups();
    }
    queue_.clear();
}

// The next datagrams from `first` on, as messages for one sendmmsg.
void Sender::form_groups(std::size_t first) {
    groups_.clear();
    pieces_.clear();
    while (first < queue_.size() && groups_.size() < kMessagesMax) {
        groups_.push_back(group_from(first));
        first = groups_.back().end;
        add_pieces(groups_.back());
    }
    messages_.assign(groups_.size(), {});
    addresses_.resize(groups_.size());
    controls_.resize(groups_.size());
    for (std::size_t k = 0; k < groups_.size(); ++k)
        describe(k);
}

Sender::Group Sender::group_from(std::size_t first) const {
    Group group{first, first + 1, 0, pieces_.size()};
    if (!coalesce_) return group;
    Segments segments(queue_[first].size(), segment_bytes_max_);
    while (group.end < queue_.size() && queue_[group.end].to == queue_[first].to &&
           segments.add(queue_[group.end].size())) {
        ++group.end;
    }
    if (segments.count() > 1) group.segment_bytes = segments.segment_bytes();
    return group;
}

void Sender::add_pieces(const Group& group) {
    for (std::size_t k = group.first; k < group.end; ++k) {
        const Queued& datagram = queue_[k];
        if (!datagram.head.empty()) pieces_.push_back(view(datagram.head));
        if (!datagram.body.empty()) pieces_.push_back(view(datagram.body));
        const bool last = k + 1 == group.end;
        if (!last && datagram.size() < group.segment_bytes) {
            pieces_.push_back(view(std::span(kZeros).first(group.segment_bytes - datagram.size())));
        }
    }
}

void Sender::describe(std::size_t k) {
    const Group& group = groups_[k];
    const std::size_t pieces_end = k + 1 < groups_.size() ? groups_[k + 1].pieces : pieces_.size();
    addresses_[k] = to_sockaddr(queue_[group.first].to);
    msghdr& header = messages_[k].msg_hdr;
    header.msg_name = &addresses_[k];
    header.msg_namelen = sizeof addresses_[k];
    header.msg_iov = pieces_.data() + group.pieces;
    header.msg_iovlen = pieces_end - group.pieces;
    if (group.segment_bytes == 0) return;

    header.msg_control = controls_[k].bytes;
    header.msg_controllen = sizeof controls_[k].bytes;
    cmsghdr* const control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment_bytes = static_cast<std::uint16_t>(group.segment_bytes);
    std::memcpy(CMSG_DATA(control), &segment_bytes, sizeof segment_bytes);
}

// Sends the groups formed. Returns which datagram comes next: behind them, or, when the kernel has just
// refused segmentation, the first of the group it refused.
std::size_t Sender::send_groups() {
    std::size_t next = 0;
    while (next < groups_.size()) {
        const auto left = static_cast<unsigned>(groups_.size() - next);
        const int sent = sendmmsg(fd_, messages_.data() + next, left, MSG_DONTWAIT);
        ++counters_.calls;
        for (int k = 0; k < sent; ++k)
            count_sent(groups_[next++]);
        if (sent > 0) continue;

        const Group& refused = groups_[next];
        const int error = errno;
        if (overcome(error)) continue;
        if (refused.segment_bytes != 0 && refuses_segments(error)) {
            coalesce_ = false;
            return refused.first;
        }
        drop(refused, error);
        ++next;
    }
    return groups_.back().end;
}

// True when the same send may work now.
bool Sender::overcome(int error) {
    if (error == EINTR) return true;
    // What an earlier datagram met at its destination, reported by the first call after.
    if (error == ECONNREFUSED) return true;
    if (error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS) return wait_for_room(error);
    return false;
}

bool Sender::refuses_segments(int error) noexcept {
    return error == EINVAL || error == EIO || error == EOPNOTSUPP || error == ENOPROTOOPT ||
           error == EMSGSIZE;
}

bool Sender::wait_for_room(int error) {
    if (wait_ms_left_ <= 0) return false;
    --wait_ms_left_;
    ++counters_.waits;
    // A full queue of the device (ENOBUFS) does not show in POLLOUT.
    pollfd room{fd_, static_cast<short>(error == ENOBUFS ? 0 : POLLOUT), 0};
    poll(&room, 1, 1);
    return true;
}

void Sender::count_sent(const Group& group) noexcept {
    counters_.datagrams += group.end - group.first;
    if (group.segment_bytes != 0) counters_.coalesced += group.end - group.first;
    for (std::size_t k = group.first; k < group.end; ++k)
        counters_.bytes += queue_[k].size();
}

void Sender::drop(const Group& group, int error) noexcept {
    counters_.dropped += group.end - group.first;
    counters_.last_error = error;
}

}  // namespace synod::net
