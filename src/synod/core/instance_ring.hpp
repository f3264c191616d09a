#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "synod/core/check.hpp"
#include "synod/core/fifo.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/ids.hpp"

namespace synod {

// A slot for each instance of a sliding window [first, end). Slots come in pages that are used again
// once the window has passed them. Slot{} means "nothing known"; compares and iterates by instance.
template <typename Slot>
class InstanceRing {
public:
    [[nodiscard]] InstanceId first() const noexcept { return first_; }
    [[nodiscard]] InstanceId end() const noexcept { return end_; }

    // Null outside the window.
    [[nodiscard]] Slot* find(InstanceId i) noexcept { return contains(i) ? &slot(i) : nullptr; }
    [[nodiscard]] const Slot* find(InstanceId i) const noexcept {
        return contains(i) ? &const_cast<InstanceRing*>(this)->slot(i) : nullptr;
    }
    // The slot of `i`; the window grows up to it. REQUIRES: i >= first().
    Slot& at(InstanceId i) {
        SYNOD_CHECK(i >= first_);
        if (i >= end_) grow(i);
        return slot(i);
    }
    // Forgets everything below `i`, which may lie beyond the end.
    void drop_below(InstanceId i) {
        if (i <= first_) return;
        for (InstanceId k = first_; k < std::min(i, end_); k = k.next())
            slot(k) = Slot{};
        first_ = i;
        end_ = std::max(end_, i);
        while (!pages_.empty() && base_ + kPage <= first_.value()) {
            spare_.push_back(std::move(pages_.front()));
            pages_.pop_front();
            base_ += kPage;
        }
        if (pages_.empty()) base_ = first_.value() / kPage * kPage;
    }

    void hash_into(StateHash& hash) const {
        hash.add(first_);
        hash.add(end_);
        for (InstanceId i = first_; i < end_; i = i.next())
            hash.add(*find(i));
    }
    friend bool operator==(const InstanceRing& a, const InstanceRing& b) {
        if (a.first_ != b.first_ || a.end_ != b.end_) return false;
        for (InstanceId i = a.first_; i < a.end_; i = i.next()) {
            if (!(*a.find(i) == *b.find(i))) return false;
        }
        return true;
    }

private:
    static constexpr std::uint64_t kPage = 1024;

    [[nodiscard]] bool contains(InstanceId i) const noexcept { return i >= first_ && i < end_; }
    Slot& slot(InstanceId i) noexcept {
        const std::uint64_t at = i.value() - base_;
        return pages_[at / kPage][at % kPage];
    }
    void grow(InstanceId i) {
        while (base_ + pages_.size() * kPage <= i.value()) {
            if (spare_.empty()) {
                pages_.push_back(std::vector<Slot>(kPage));
            } else {
                pages_.push_back(std::move(spare_.back()));
                spare_.pop_back();
            }
        }
        end_ = i.next();
    }

    InstanceId first_;
    InstanceId end_;
    std::uint64_t base_ = 0;  // the instance of pages_[0][0]
    Fifo<std::vector<Slot>> pages_;
    std::vector<std::vector<Slot>> spare_;  // all their slots are Slot{}
};

}  // namespace synod
