#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "synod/core/batch.hpp"
#include "synod/core/instance_log.hpp"
#include "synod/core/time.hpp"

namespace synod {

// Packs admitted runs into batches, one for each instance to come. A run that fills a batch alone is stored
// at once, where its instance will keep it; smaller ones are gathered first.
class Batcher {
public:
    struct Options {
        std::uint32_t bytes_max = 16 << 10;   // of a batch
        std::uint32_t pieces_max = 0;         // of a batch; 0: as many as fit
        Duration linger = microseconds(200);  // how long a batch may wait for more while others are in flight
    };
    explicit Batcher(const Options& options) : options_(options), open_(options.bytes_max) {}

    // False for a run with a piece larger than a batch: its client packs for larger datagrams than we may
    // send.
    [[nodiscard]] bool fits(const Run& run) const noexcept;
    // Takes the run from its piece number `skip` on. REQUIRES: fits(run).
    void add(const Run& run, std::uint32_t skip, Time now, InstanceLog& log);
    // The next batch: a full one, or, when `send_now` or when it has waited long enough, whatever there is.
    std::optional<PayloadArena::Handle> take(bool send_now, Time now, InstanceLog& log);
    // Drops everything.
    void clear(InstanceLog& log);

    [[nodiscard]] bool empty() const noexcept { return full_.empty() && open_.empty(); }
    [[nodiscard]] Time deadline() const noexcept {
        return open_.empty() ? kNever : open_since_ + options_.linger;
    }

private:
    void add_pieces(const Run& run, std::uint32_t skip, InstanceLog& log);
    void close(InstanceLog& log);

    Options options_;
    std::deque<PayloadArena::Handle> full_;  // staged in the log's memory
    BatchWriter open_;
    Time open_since_;
};

}  // namespace synod
