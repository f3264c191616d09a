#include "synod/server/reads.hpp"

#include <utility>

#include "synod/core/check.hpp"
#include "synod/member/read_list.hpp"

namespace synod::server {

void Reads::wrote(Ticket ticket) {
    ++written_;
    follow_last_write(ticket);
}

void Reads::follow_last_write(Ticket ticket) {
    if (last_write_of_.size() <= ticket.place) last_write_of_.resize(ticket.place + std::size_t{1});
    last_write_of_[ticket.place] = written_;
}

void Reads::add(Ticket ticket, std::string_view operation, std::uint64_t question, Time now) {
    SYNOD_CHECK(has_room());
    Read read;
    read.ticket = ticket;
    read.question = question;
    read.follows = ticket.place < last_write_of_.size() ? last_write_of_[ticket.place] : 0;
    read.written = written_;
    read.since = now;
    added_done_ = added_done_ || question <= done_;
    if (!spare_.empty()) {
        read.operation = std::move(spare_.back());
        spare_.pop_back();
    }
    read.operation = operation;
    held_bytes_ += operation.size() + sizeof(Read);
    waiting_.push_back(std::move(read));
}

void Reads::skip_writes(std::uint64_t count) noexcept {
    come_ += count;
    for (std::size_t k = 0; k < waiting_.size() && waiting_[k].written < come_; ++k)
        waiting_[k].written = come_;
}

Reads::Read Reads::take_front() {
    Read read = std::move(waiting_.front());
    waiting_.pop_front();
    return read;
}

void Reads::recycle(Read& read) {
    constexpr std::size_t kSpareMax = 4096;
    constexpr std::size_t kSpareBytesMax = 256;
    held_bytes_ -= read.operation.size() + sizeof(Read);
    ++answered_;
    if (spare_.size() < kSpareMax && read.operation.capacity() <= kSpareBytesMax)
        spare_.push_back(std::move(read.operation));
}

// A write that is under way and was submitted after the oldest read does as well as a mark.
Time Reads::mark_due() const noexcept {
    if (waiting_.empty() || waiting_.front().written < written_) return kNever;
    return waiting_.front().since + member::ReadList::kPatience;
}

}  // namespace synod::server
