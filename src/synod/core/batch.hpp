#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/core/ids.hpp"

// The value of an instance is a batch: runs of pieces, one run after the other. To Paxos it is a string
// of bytes; only admission, sessions and delivery look inside. A value that a client submits is one
// piece, or several when it is larger than a batch: all but its last are marked "more follows".
//
//   batch  = run*                      ; the empty batch is the no-op
//   run    = session:16 first:8 count:4 bytes:4 flags:1 length:2 lengths pieces
//   flags  = bit 0: the last piece of the run is not the last of its value
//            bits 1-2: lengths are 0: all `length`; 1: one byte each; 2: two bytes each
//   lengths = count integers of that width (none for 0)
//   pieces = `bytes` bytes

namespace synod {

inline constexpr std::size_t kRunHeaderBytes = 35;
inline constexpr std::size_t kPieceBytesMax = 65'535;
inline constexpr std::uint32_t kRunPiecesMax = 65'536;  // or 35 bytes could stand for 2^32 empty values

// What a run counts for, against buffer, credit and the size of a run: a value of hardly a byte costs whoever
// has it in hand more than a byte, and each may become an instance of its own.
[[nodiscard]] constexpr std::size_t cost_of(std::uint64_t pieces, std::size_t bytes) noexcept {
    constexpr std::uint64_t kPieceBytesMin = 8;
    return std::max<std::size_t>(bytes, pieces * kPieceBytesMin);
}

// A run inside somebody else's bytes. Made by RunReader only, so its lengths are known to add up.
class Run {
public:
    [[nodiscard]] SessionId session() const noexcept { return session_; }
    [[nodiscard]] PieceNumber first() const noexcept { return first_; }
    [[nodiscard]] PieceNumber end() const noexcept { return first_.plus(count_); }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] bool more() const noexcept { return more_; }  // its last piece does not end its value
    [[nodiscard]] Bytes pieces() const noexcept { return pieces_; }
    [[nodiscard]] Bytes encoded() const noexcept { return encoded_; }
    [[nodiscard]] std::size_t cost() const noexcept { return cost_of(count_, encoded_.size()); }
    [[nodiscard]] std::size_t length(std::uint32_t k) const noexcept {
        switch (width_) {
            case 0:
                return uniform_;
            case 1:
                return static_cast<std::size_t>(lengths_[k]);
            default:
                return load<std::uint16_t>(lengths_ + 2 * std::size_t{k});
        }
    }

    // Calls use(Bytes piece, bool ends_value) for the pieces from number `skip` of the run on.
    template <typename Use>
    void for_each_piece(std::uint32_t skip, Use&& use) const {
        std::size_t at = 0;
        for (std::uint32_t k = 0; k < count_; ++k) {
            const std::size_t size = length(k);
            if (k >= skip) use(pieces_.subspan(at, size), !(more_ && k + 1 == count_));
            at += size;
        }
    }

private:
    friend class RunReader;
    SessionId session_;
    PieceNumber first_;
    std::uint32_t count_ = 0;
    unsigned width_ = 0;
    bool more_ = false;
    std::size_t uniform_ = 0;
    const std::byte* lengths_ = nullptr;
    Bytes pieces_;
    Bytes encoded_;
};

// Reads the runs of a batch; never trusts a byte. A malformed run ends the batch, for every reader of
// the same bytes alike, so all learners take the same values out of any batch.
class RunReader {
public:
    explicit RunReader(Bytes batch) noexcept : rest_(batch) {}

    // The next run; nothing at the end of the batch or of its well-formed part.
    std::optional<Run> next() noexcept;
    // True when next() has returned nothing and the whole batch was well-formed.
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    Bytes rest_;
};

// The only run of `bytes`, if they are one well-formed, non-empty run and nothing else.
std::optional<Run> read_single_run(Bytes bytes) noexcept;

// Builds one run after the other into a buffer that it reuses.
class BatchWriter {
public:
    // REQUIRES: bytes_max > kRunHeaderBytes + 2.
    explicit BatchWriter(std::size_t bytes_max);

    // Adds a piece; starts a new run when it does not continue the last one. False, and nothing added,
    // when it does not fit. REQUIRES: piece.size() <= kPieceBytesMax.
    bool add(SessionId session, PieceNumber number, Bytes piece, bool ends_value);
    // Adds a whole encoded run. False, and nothing added, when it does not fit.
    bool add_run(const Run& run);

    // How large a piece of this session would still fit (0 when none).
    [[nodiscard]] std::size_t room(SessionId session, PieceNumber number) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return pieces_ == 0; }
    [[nodiscard]] std::uint32_t pieces() const noexcept { return pieces_; }
    [[nodiscard]] std::size_t size() const noexcept;  // of the batch that finish() would return
    // The batch; a view that stands until the next add or clear.
    Bytes finish();
    // Swaps the batch into `batch`, whose memory is used for the next one, and begins anew.
    void take(std::vector<std::byte>& batch);
    void clear() noexcept;

    [[nodiscard]] auto state() const noexcept {
        return std::tie(batch_, pieces_, session_, first_, more_, lengths_);
    }
    friend bool operator==(const BatchWriter& a, const BatchWriter& b) { return a.state() == b.state(); }

private:
    [[nodiscard]] bool continues(SessionId session, PieceNumber number) const noexcept;
    // Bytes that each length takes in the run being built: none when all are the same.
    [[nodiscard]] std::size_t width() const noexcept { return uniform_ ? 0 : narrow_ ? 1 : 2; }
    void begin_run(SessionId session, PieceNumber first);
    void close_run();
    void insert_lengths();
    void forget_run() noexcept;

    std::size_t bytes_max_;
    std::vector<std::byte> batch_;  // whole runs, then the one being built: room for its header, its pieces
    std::uint32_t pieces_ = 0;      // in all runs

    // The run being built. Its lengths are put before its pieces when it closes, if there have to be any.
    std::size_t run_at_ = 0;  // in the batch
    SessionId session_;
    PieceNumber first_;
    bool more_ = false;
    bool uniform_ = true;
    bool narrow_ = true;  // every length fits into one byte
    std::vector<std::uint16_t> lengths_;
};

}  // namespace synod
