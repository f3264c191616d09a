#pragma once

#include <concepts>
#include <utility>
#include <variant>

#include "synod/core/ballot_election.hpp"
#include "synod/core/bully.hpp"
#include "synod/core/lowest_id.hpp"
#include "synod/core/message.hpp"
#include "synod/core/no_election.hpp"
#include "synod/core/oracle.hpp"
#include "synod/core/outbox.hpp"

namespace synod {

// What oracles say to each other, besides what they learn from the protocol's own messages.
template <typename M>
concept OracleMessage = std::same_as<M, Echo> || std::same_as<M, Ping> || std::same_as<M, Election> ||
    std::same_as<M, Answer> || std::same_as<M, Coordinator>;

// The oracle that was chosen: see OracleEvents for what it is told.
class Leadership {
public:
    Leadership(const OracleSelf& self, const OracleOptions& options, Time now)
        : oracle_(make(self, options, now)) {}

    void on_alive(ProposerId id, Time until) {
        tell([&](auto& oracle) { oracle.on_alive(id, until); });
    }
    void on_new_ballot(Time now) {
        tell([&](auto& oracle) { oracle.on_new_ballot(now); });
    }
    void on_demand(Time now) {
        tell([&](auto& oracle) { oracle.on_demand(now); });
    }
    void on_progress(Time now) {
        tell([&](auto& oracle) { oracle.on_progress(now); });
    }
    void on_attempt() {
        tell([](auto& oracle) { oracle.on_attempt(); });
    }
    void on_shut_out(Time now) {
        tell([&](auto& oracle) { oracle.on_shut_out(now); });
    }
    // One oracle overlooks what is meant for another one.
    template <OracleMessage M>
    void on(const M& message, const Sender& from, Time now, Outbox& outbox) {
        tell([&](auto& oracle) {
            if constexpr (requires { oracle.on(message, from, now, outbox); })
                oracle.on(message, from, now, outbox);
        });
    }

    // To be called at deadline() at the latest.
    [[nodiscard]] Advice advise(const Standing& standing, Time now, Outbox& outbox) {
        return std::visit([&](auto& oracle) { return oracle.advise(standing, now, outbox); }, oracle_);
    }
    [[nodiscard]] Time deadline(const Standing& standing) const noexcept {
        return std::visit([&](const auto& oracle) { return oracle.deadline(standing); }, oracle_);
    }

    friend bool operator==(const Leadership&, const Leadership&) = default;
    void hash_into(StateHash& hash) const {
        std::visit([&](const auto& oracle) { hash.add(oracle); }, oracle_);
    }

private:
    using Oracles = std::variant<NoElection, LowestId, Bully, BallotElection>;

    static Oracles make(const OracleSelf& self, const OracleOptions& options, Time now) {
        switch (options.oracle) {
            case Oracle::none:
                return NoElection(self, options, now);
            case Oracle::lowest_id:
                return LowestId(self, options, now);
            case Oracle::bully:
                return Bully(self, options, now);
            case Oracle::ble:
                break;
        }
        return BallotElection(self, options, now);
    }
    template <typename Tell>
    void tell(Tell&& tell) {
        std::visit(tell, oracle_);
    }

    Oracles oracle_;
};

}  // namespace synod
