#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/core/hash.hpp"
#include "synod/core/ids.hpp"
#include "synod/core/message.hpp"

namespace synod {

// Exactly once, and in each client's order: the next piece expected of each session, from the log alone.
// A run is taken from the expected piece on; what lies below is a repeat; a run that starts above is not
// taken at all, and its client sends it again. All who read the same log take the same pieces.
class Sessions {
public:
    // Of a run: leave out its first `skip` pieces, take the others, if there are any.
    struct Taken {
        std::uint32_t skip = 0;
        std::uint32_t count = 0;
    };

    Taken take(const Run& run);
    // Takes every run of a batch.
    void take_all(Bytes batch);
    [[nodiscard]] PieceNumber next(SessionId session) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return sessions_.size(); }

    // All entries, in the order of their ids, from this one on; they stand until the table changes.
    [[nodiscard]] std::span<const SessionEntry> entries(SessionId from = {}) const noexcept;
    // Adds entries of another table. REQUIRES: they ascend, and lie above all that are here.
    void append(std::span<const SessionEntry> entries);

    [[nodiscard]] const auto& state() const noexcept { return sessions_; }
    friend bool operator==(const Sessions& a, const Sessions& b) { return a.state() == b.state(); }

private:
    [[nodiscard]] std::size_t position(SessionId id) const noexcept;

    std::vector<SessionEntry> sessions_;     // sorted by id
    mutable std::size_t last_position_ = 0;  // runs of one session come together
};

}  // namespace synod
