#include "synod/sim/bounds.hpp"

#include <algorithm>
#include <string>

#include "synod/sim/role_options.hpp"
#include "synod/sim/violation.hpp"

namespace synod::sim {

namespace {

// What is waited for has room whatever is full, and what it makes deliverable is dropped at the end of the
// step. Of two chunks that are filled one after the other, one at least is half full.
std::uint64_t chunks_of_a_step(std::uint64_t piece_bytes, std::uint64_t chunk_bytes) {
    return 2 * std::uint64_t{kDatagramsAtOnce} * piece_bytes / chunk_bytes + 1;
}

void hold(const char* what, std::uint64_t value, std::uint64_t bound) {
    if (value <= bound) return;
    throw Violation(std::string("too much: ") + what + ", " + std::to_string(value) + " instead of " +
                    std::to_string(bound));
}

}  // namespace

Bounds::Bounds(const ClusterOptions& options) {
    const Admission::Options admission = proposer_options(options, 0, {}, 0).admission;
    credit_bytes_ = std::max(admission.credit_max, admission.credit_min);
    const Client::Options client = client_options(options, {});
    piece_bytes_ = client.run_bytes_max;
    client_bytes_ = client.buffer_bytes_max + client.run_bytes_max;
}

void Bounds::check(const InstanceLog& log, std::uint64_t staged_bytes) const {
    const InstanceLog::Options& options = log.options();
    const std::uint64_t extra = piece_bytes_ + staged_bytes;  // the instance that is waited for has room
    hold("bytes of values", log.arena().live_bytes(), options.bytes_max + extra);
    const std::uint64_t chunks = 3 + chunks_of_a_step(piece_bytes_, options.chunk_bytes);
    hold("memory for values", log.arena().used_bytes(),
         options.bytes_max + options.bytes_max / 2 + chunks * options.chunk_bytes + 2 * extra);
    hold("instances", log.end().since(log.first()), options.instances_max);
}

void Bounds::check(const Client& client) const {
    hold("bytes buffered by a client", client.buffered_bytes(), client_bytes_);
}

}  // namespace synod::sim
