#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/node/report.hpp"
#include "synod/node/workload.hpp"

namespace synod::node {

// Follows the sequence that a learner delivers: counts it for each client, keeps a hash of it by which
// learners are compared, and, when the values are generated ones (workload.hpp), checks that each
// client's values come in order, exactly once and with the right bytes.
class Verifier {
public:
    enum class Values { any, generated };
    explicit Verifier(Values values) : values_(values), place_of_client_(65536, kNowhere) {}

    // The next value of the sequence, whole, with the client that the session says it is from. Returns
    // the value's number in that client's order, from 0, as it should be (for Stamps::read).
    std::uint64_t deliver(std::uint16_t client, Bytes value);

    // What was wrong first, in words; empty: nothing.
    [[nodiscard]] const std::string& first_fault() const noexcept { return first_fault_; }
    // Counts, hash and faults. Progress, latency and counters are the caller's.
    void fill(FinalReport& report) const;

private:
    static constexpr std::uint32_t kNowhere = ~std::uint32_t{0};

    struct Client {
        std::uint16_t id;
        std::uint64_t delivered = 0;
        std::uint64_t next = 0;           // the number that its next value must have
        std::optional<ValueMaker> maker;  // made when its first value shows their size
    };

    Client& client_of(std::uint16_t id);
    void check(Client& client, Bytes value);
    void count_fault(Client& client, Bytes value);
    void remember(const char* what, const Client& client, Bytes value);

    Values values_;
    std::vector<std::uint32_t> place_of_client_;  // in clients_
    std::vector<Client> clients_;
    std::uint64_t hash_ = 0;
    std::uint64_t duplicated_ = 0;
    std::uint64_t misordered_ = 0;
    std::uint64_t corrupt_ = 0;
    std::string first_fault_;
};

}  // namespace synod::node
