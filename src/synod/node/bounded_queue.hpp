#pragma once

#include <cstddef>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "synod/node/wake.hpp"

namespace synod::node {

// Items on their way from any thread to one. What they cost in bytes is bounded from put() to release(), so
// the bound holds for what has been taken and is still at work, too. Nobody waits for room: a full queue says
// so.
template <typename T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // False, with `item` as it was: there is no room for it, or the queue is closed.
    [[nodiscard]] bool put(T&& item, std::size_t bytes) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_ || bytes > bytes_max_ - bytes_) return false;
            bytes_ += bytes;
            items_.push_back(std::move(item));
            if (items_.size() > 1) return true;  // who is woken takes all
        }
        wake_.set();
        return true;
    }

    // Appends all that was put, in order.
    void take_all(std::vector<T>& taken) {
        wake_.clear();
        const std::lock_guard lock(mutex_);
        taken.insert(taken.end(), std::make_move_iterator(items_.begin()),
                     std::make_move_iterator(items_.end()));
        items_.clear();
    }
    void release(std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        bytes_ -= bytes;
    }
    // Nothing is put from here on.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

    // Readable when there is something to take.
    [[nodiscard]] int fd() const noexcept { return wake_.fd(); }

private:
    const std::size_t bytes_max_;
    Wake wake_;
    std::mutex mutex_;
    std::size_t bytes_ = 0;
    std::vector<T> items_;
    bool closed_ = false;
};

}  // namespace synod::node
