#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "synod/core/batch.hpp"
#include "synod/core/fifo.hpp"
#include "synod/core/instance_log.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Packs admitted runs into batches, one for each instance to come. A run that fills a batch alone is stored
// at once, where its instance will keep it; smaller ones are gathered first.
class Batcher {
public:
    struct Options {
        std::uint32_t bytes_max = 16 << 10;   // of a batch of more than one piece
        std::uint32_t pieces_max = 0;         // of a batch; 0: as many as fit
        Duration linger = microseconds(200);  // how long a batch may wait for more while others are in flight
    };
    explicit Batcher(const Options& options) : options_(options), open_(options.bytes_max) {}

    // Takes the run from its piece number `skip` on. A piece larger than a batch (its client packs for larger
    // datagrams than this proposer) is a batch of its own.
    void add(const Run& run, std::uint32_t skip, Time now, InstanceLog& log);
    // The next batch: a full one, or, when `send_now` or when it has waited long enough, whatever there is.
    std::optional<PayloadArena::Handle> take(bool send_now, Time now, InstanceLog& log);
    // Drops everything.
    void clear(InstanceLog& log);

    [[nodiscard]] bool empty() const noexcept { return full_.empty() && open_.empty(); }
    [[nodiscard]] Time deadline() const noexcept {
        return open_.empty() ? kNever : open_since_ + options_.linger;
    }

    // `log` holds the full batches.
    [[nodiscard]] auto state(const InstanceLog& log) const {
        return std::tuple_cat(std::tuple(full_batches(log)), std::tie(open_, open_since_));
    }

private:
    void add_pieces(const Run& run, std::uint32_t skip, InstanceLog& log);
    void add_piece(SessionId session, PieceNumber number, Bytes piece, bool ends_value, InstanceLog& log);
    [[nodiscard]] std::vector<std::vector<std::byte>> full_batches(const InstanceLog& log) const;
    void close(InstanceLog& log);

    Options options_;
    Fifo<PayloadArena::Handle> full_;  // staged in the log's memory
    BatchWriter open_;
    Time open_since_;
};

}  // namespace synod
