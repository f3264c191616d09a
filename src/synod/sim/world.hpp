#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "synod/sim/process.hpp"
#include "synod/sim/surroundings.hpp"
#include "synod/sim/violation.hpp"

namespace synod::sim {

// A whole cluster in one thread, its network and its time made up. Everything that happens follows from the
// options, which hold the seed, and from what is done to the world between runs: the same again gives the
// same history, and the same hash(). What must never be is thrown as a Violation.
//
// Processes do not run until they are started.
class World {
public:
    explicit World(const ClusterOptions& options, trace::Sink* trace = nullptr);

    // Acceptors count from 1, all others from 0.
    [[nodiscard]] Process& process(Role role, unsigned id);
    [[nodiscard]] Process& acceptor(unsigned id) { return process(Role::acceptor, id); }
    [[nodiscard]] Process& proposer(unsigned id) { return process(Role::proposer, id); }
    [[nodiscard]] Process& learner(unsigned id) { return process(Role::learner, id); }
    [[nodiscard]] Process& client(unsigned id) { return process(Role::client, id); }
    [[nodiscard]] const std::vector<std::unique_ptr<Process>>& processes() const noexcept {
        return processes_;
    }

    void start_all();
    // Starts a second process of a name in use, kTwinsMax times at most; those that still live are ended.
    void start_twin(Role role, unsigned id);
    void end_twins();
    void run_for(Duration duration) { run_until(now() + duration); }
    void run_until(Time end);
    // Until it holds, looked at after every `often`; false when it does not within `bound`.
    bool run_until(const std::function<bool()>& holds, Duration bound, Duration often = milliseconds(1));

    // Nothing passes from one to the other any more; the other way it does.
    void cut_one_way(const Process& from, const Process& to);
    void mend_one_way(const Process& from, const Process& to);
    // Separates two processes, both ways.
    void cut(const Process& a, const Process& b);
    void mend(const Process& a, const Process& b);
    [[nodiscard]] Network& network() noexcept { return world_.network; }
    [[nodiscard]] Tracer& tracer() noexcept { return world_.tracer; }

    [[nodiscard]] Time now() const noexcept { return world_.now; }
    // To whom something happened last: in a Violation, to whom it should not have.
    [[nodiscard]] const Process& last() const noexcept { return *processes_[last_]; }
    [[nodiscard]] const ClusterOptions& options() const noexcept { return options_; }
    [[nodiscard]] const DeliveryOracle& deliveries() const noexcept { return world_.deliveries; }
    [[nodiscard]] const AcceptorOracle& acceptors() const noexcept { return world_.acceptors; }
    // Sends so far of messages of this type; a multicast is one.
    template <typename M>
    [[nodiscard]] std::uint64_t sends() const {
        return world_.coverage.sends[wire::type_of(Message{M{}})];
    }
    [[nodiscard]] const Coverage& coverage() const noexcept { return world_.coverage; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
    // Of everything that has happened so far.
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_.value(); }

    // Every living client has written what it was told to, and every living learner has all of it.
    [[nodiscard]] bool all_delivered() const;
    // Whether that may be asked of the cluster once its network is whole: a majority of acceptors that
    // remember what they promised, and a proposer.
    [[nodiscard]] bool can_progress() const;
    // What is missing for all_delivered(), for people.
    [[nodiscard]] std::string undelivered() const;

private:
    void add(Role role, unsigned first, unsigned count);
    [[nodiscard]] bool can_follow(const Process& process) const;
    void happen(Time at, const Event& event);

    const ClusterOptions options_;
    Surroundings world_;
    std::vector<std::unique_ptr<Process>> processes_;
    std::array<std::size_t, kRoles> first_of_role_{};
    StateHash hash_;
    std::uint64_t events_ = 0;
    std::uint8_t last_ = 0;
};

}  // namespace synod::sim
