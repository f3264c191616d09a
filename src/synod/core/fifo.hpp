#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace synod {

// A queue in one piece of memory, which it keeps: once it has grown to what the steady state needs, nothing
// is allocated any more (std::deque takes and gives back a block for every few elements that pass).
template <typename T>
class Fifo {
public:
    void push_back(T value) {
        // At least half of it has been popped, so moving the rest costs no more than popping did.
        if (items_.size() == items_.capacity() && 2 * popped_ >= items_.size()) drop_popped();
        items_.push_back(std::move(value));
    }
    void pop_front() {
        ++popped_;
        if (empty()) drop_popped();
    }
    void clear() noexcept {
        items_.clear();
        popped_ = 0;
    }

    [[nodiscard]] bool empty() const noexcept { return popped_ == items_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size() - popped_; }
    [[nodiscard]] T& front() noexcept { return items_[popped_]; }
    [[nodiscard]] const T& front() const noexcept { return items_[popped_]; }
    [[nodiscard]] T& back() noexcept { return items_.back(); }
    [[nodiscard]] const T& back() const noexcept { return items_.back(); }
    [[nodiscard]] T& operator[](std::size_t k) noexcept { return items_[popped_ + k]; }
    [[nodiscard]] const T& operator[](std::size_t k) const noexcept { return items_[popped_ + k]; }
    [[nodiscard]] auto begin() noexcept { return items_.begin() + static_cast<std::ptrdiff_t>(popped_); }
    [[nodiscard]] auto end() noexcept { return items_.end(); }
    [[nodiscard]] auto begin() const noexcept {
        return items_.begin() + static_cast<std::ptrdiff_t>(popped_);
    }
    [[nodiscard]] auto end() const noexcept { return items_.end(); }

    friend bool operator==(const Fifo& a, const Fifo& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    void drop_popped() {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(popped_));
        popped_ = 0;
    }

    std::vector<T> items_;
    std::size_t popped_ = 0;  // of these, from the front
};

}  // namespace synod
