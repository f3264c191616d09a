#include "synod/node/input.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "synod/core/delivery.hpp"
#include "synod/node/owned_fd.hpp"

namespace synod::node {

namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr int kValuesAtOnce = 65'536;  // then the network is looked after

void stamp(Stamps& stamps, std::uint16_t client_id, const Client& client, Time now) {
    const std::uint64_t number = client.values_written() - 1;
    if (Stamps::sampled(number)) stamps.write(client_id, number, now.ns);
}

// Files, directories and the like of /dev/null never have to be waited for: epoll refuses them.
bool is_pollable(int fd) {
    const OwnedFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0 || errno != EPERM;
}

}  // namespace

bool Pace::allows(std::uint64_t written, Time now) {
    if (rate_ <= 0) return true;
    if (!start_) start_ = now;
    const auto since_start = static_cast<std::uint64_t>(static_cast<double>(written) / rate_ * 1e9);
    const Time due = *start_ + Duration{since_start};
    if (now >= due) return true;
    next_ = std::max(due, now + kTogether);
    return false;
}

LineInput::LineInput(int fd, double lines_per_second, std::uint16_t client, Stamps& stamps)
    : fd_(fd),
      pollable_(is_pollable(fd)),
      client_(client),
      stamps_(stamps),
      pace_(lines_per_second),
      buffer_(kBufferBytes) {}

int LineInput::fd() const noexcept {
    return pollable_ && needs_input() ? fd_ : -1;
}

Time LineInput::deadline(const Client& client) const noexcept {
    if (!client.has_room()) return kNever;
    if (stuck_) return pace_.next();
    return pollable_ && !end_of_file_ ? kNever : Time{};
}

void LineInput::pump(Client& client, Time now) {
    if (!stuck_ && !end_of_file_) fill();
    write_lines(client, now);
}

// One read: what is there, without waiting for more.
void LineInput::fill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const ssize_t count = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count < 0)
        throw std::system_error(errno, std::generic_category(), "reading the values from standard input");
    end_ += static_cast<std::size_t>(count);
    end_of_file_ = count == 0;
}

void LineInput::write_lines(Client& client, Time now) {
    stuck_ = true;
    while (begin_ < end_) {
        if (!client.has_room() || !pace_.allows(client.values_written(), now)) return;
        const std::byte* from = buffer_.data() + begin_;
        const auto* newline = static_cast<const std::byte*>(std::memchr(from, '\n', end_ - begin_));
        if (newline != nullptr) {
            const auto size = static_cast<std::size_t>(newline - from);
            if (!write_part(client, size, true, now)) return;
            ++begin_;
        } else if (end_of_file_) {  // the last line needs no newline
            if (!write_part(client, end_ - begin_, true, now)) return;
        } else if (end_ - begin_ < buffer_.size()) {
            break;  // the rest of this line is yet to come
        } else if (!write_part(client, end_ - begin_, false, now)) {
            return;
        }
    }
    if (end_of_file_ && begin_ == end_ && in_value_) {
        if (!write_part(client, 0, true, now)) return;
    }
    stuck_ = false;
}

// The next `size` bytes, which end their value or not. False when the client did not take all.
bool LineInput::write_part(Client& client, std::size_t size, bool ends_value, Time now) {
    const Client::Written written = client.write({buffer_.data() + begin_, size}, ends_value, now);
    begin_ += written.bytes;
    bytes_ += written.bytes;
    value_bytes_ += written.bytes;
    if (value_bytes_ > kValueBytesMax) {
        throw std::runtime_error("line " + std::to_string(client.values_written() + 1) +
                                 " of the input is longer than " + std::to_string(kValueBytesMax >> 20) +
                                 " MiB; split it");
    }
    if (written.bytes > 0) in_value_ = true;
    if (!written.all || !ends_value) return written.all;
    in_value_ = false;
    value_bytes_ = 0;
    stamp(stamps_, client_, client, now);
    return true;
}

GeneratedInput::GeneratedInput(const Generate& generate, std::uint16_t client, Stamps& stamps)
    : generate_(generate),
      client_(client),
      stamps_(stamps),
      maker_(client, generate.bytes),
      pace_(generate.values_per_second),
      value_(generate.bytes) {}

Time GeneratedInput::deadline(const Client& client) const noexcept {
    return client.has_room() ? pace_.next() : kNever;
}

void GeneratedInput::pump(Client& client, Time now) {
    if (!start_) start_ = now;
    const double seconds = static_cast<double>(now.since(*start_).ns) / 1e9;
    exhausted_ = exhausted_ || (generate_.seconds > 0 && seconds >= generate_.seconds);
    is_measured_ = seconds >= generate_.latency_from_seconds;
    if (in_value_ > 0 && !write_rest(client, now)) return;
    for (int k = 0; k < kValuesAtOnce; ++k) {
        exhausted_ = exhausted_ || (generate_.values != 0 && client.values_written() >= generate_.values);
        if (exhausted_ || !client.has_room() || !pace_.allows(client.values_written(), now)) return;
        maker_.write(client.values_written(), value_.data());
        in_value_ = value_.size();
        if (!write_rest(client, now)) return;
    }
}

bool GeneratedInput::write_rest(Client& client, Time now) {
    const Client::Written written = client.write(Bytes{value_}.last(in_value_), true, now);
    in_value_ -= written.bytes;
    bytes_ += written.bytes;
    if (written.all && is_measured_) stamp(stamps_, client_, client, now);
    return written.all;
}

}  // namespace synod::node
