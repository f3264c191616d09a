#pragma once

#include <map>
#include <utility>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/core/sessions.hpp"

namespace synod {

// Values beyond this size are left out, by all learners alike; clients refuse them.
inline constexpr std::size_t kValueBytesMax = 64 << 20;

// Turns decided batches into values: each value of each client once, in its client's order, whole.
class Delivery {
public:
    Delivery() = default;
    // As one that has come so far; then go_on_with() for the values of which only a part has come.
    explicit Delivery(Sessions sessions) : sessions_(std::move(sessions)) {}
    void go_on_with(SessionId session, Bytes so_far, bool too_large) {
        OpenValue& value = open_values_[session];
        append(value, so_far);
        value.too_large = value.too_large || too_large;
    }

    // Calls use(SessionId, Bytes value) for each value that `batch` completes; the views stand during the
    // call. REQUIRES: called with every decided batch, in the order of the instances.
    template <typename Use>
    void deliver(Bytes batch, Use&& use) {
        RunReader reader(batch);
        while (const auto run = reader.next()) {
            const Sessions::Taken taken = sessions_.take(*run);
            if (taken.count == 0) continue;
            if (open_values_.empty() && !run->more()) {  // the steady state
                run->for_each_piece(taken.skip, [&](Bytes piece, bool) { use(run->session(), piece); });
            } else {
                run->for_each_piece(taken.skip, [&](Bytes piece, bool ends_value) {
                    join(run->session(), piece, ends_value, use);
                });
            }
        }
    }
    [[nodiscard]] const Sessions& sessions() const noexcept { return sessions_; }
    // Values of which only a part has come.
    [[nodiscard]] std::size_t open_values() const noexcept { return open_values_.size(); }
    template <typename Use>  // use(SessionId, Bytes so_far, bool too_large)
    void for_each_open(Use&& use) const {
        for (const auto& [session, value] : open_values_)
            use(session, Bytes{value.bytes}, value.too_large);
    }

    friend bool operator==(const Delivery& a, const Delivery& b) {
        return a.sessions_ == b.sessions_ && a.open_values_ == b.open_values_;
    }

private:
    static constexpr std::size_t kSpareBytesMax = 4 << 20;

    struct OpenValue {
        std::vector<std::byte> bytes;
        bool too_large = false;
        friend bool operator==(const OpenValue&, const OpenValue&) = default;
    };

    template <typename Use>
    void join(SessionId session, Bytes piece, bool ends_value, Use& use) {
        const auto open = open_values_.find(session);
        if (open == open_values_.end() && ends_value) return use(session, piece);
        OpenValue& value = open == open_values_.end() ? begin_value(session) : open->second;
        append(value, piece);
        if (!ends_value) return;
        if (!value.too_large) use(session, Bytes{value.bytes});
        if (value.bytes.capacity() <= kSpareBytesMax) spare_ = std::move(value.bytes);
        open_values_.erase(session);
    }
    OpenValue& begin_value(SessionId session) {
        OpenValue& value = open_values_[session];
        value.bytes = std::move(spare_);
        value.bytes.clear();
        return value;
    }
    static void append(OpenValue& value, Bytes piece) {
        value.too_large = value.too_large || value.bytes.size() + piece.size() > kValueBytesMax;
        if (value.too_large) {
            value.bytes = {};
        } else {
            value.bytes.insert(value.bytes.end(), piece.begin(), piece.end());
        }
    }

    Sessions sessions_;
    std::map<SessionId, OpenValue> open_values_;  // of values larger than a batch, the pieces so far
    std::vector<std::byte> spare_;                // of the last value that was one of these: its memory
};

}  // namespace synod
