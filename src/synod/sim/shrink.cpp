#include "synod/sim/shrink.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <type_traits>

namespace synod::sim {

namespace {

// Whom a deed is done to, apart from those in lists.
std::array<const Name*, 2> named_by(const Deed& deed) {
    return std::visit(
        []<typename D>(const D& each) -> std::array<const Name*, 2> {
            if constexpr (requires { each.who; }) return {&each.who, nullptr};
            if constexpr (requires { each.client; }) return {&each.client, nullptr};
            if constexpr (requires { each.learner; }) return {&each.learner, nullptr};
            if constexpr (requires { each.from; }) return {&each.from, &each.to};
            return {nullptr, nullptr};
        },
        deed);
}

// The lists of those that a deed is about.
std::vector<std::vector<Name>*> lists_in(Deed& deed) {
    return std::visit(
        []<typename D>(D& each) -> std::vector<std::vector<Name>*> {
            if constexpr (requires { each.start; }) return {&each.start};
            if constexpr (requires { each.with; }) return {&each.with};
            if constexpr (requires { each.side; }) return {&each.side};
            if constexpr (requires { each.speakers; }) return {&each.speakers, &each.hearers};
            return {};
        },
        deed);
}

unsigned ClusterOptions::*count_of(Role role) {
    switch (role) {
        case Role::acceptor:
            return &ClusterOptions::acceptors;
        case Role::proposer:
            return &ClusterOptions::proposers;
        case Role::learner:
            return &ClusterOptions::learners;
        case Role::client:
            break;
    }
    return &ClusterOptions::clients;
}

bool has_mishap(const Plan& plan, std::uint32_t LinkQuality::*fault) {
    return plan.cluster.links.*fault > 0 ||
           std::any_of(plan.deeds.begin(), plan.deeds.end(), [&](const TimedDeed& timed) {
               const auto* weather = std::get_if<deed::Weather>(&timed.deed);
               return weather != nullptr && weather->links.*fault > 0;
           });
}

// As in all plans that are drawn: whatever is under way fits into a socket, and a few datagrams do. Without,
// a cluster fails for no fault of the protocol.
bool can_work(const ClusterOptions& cluster) {
    const std::uint64_t buffer = cluster.machines.receive_buffer_bytes;
    return cluster.roles.window_bytes <= buffer && 4 * std::uint64_t{cluster.roles.batch_bytes} <= buffer;
}

class Shrinker {
public:
    Shrinker(const Plan& plan, const std::function<Result(const Plan&)>& run, std::uint64_t events_max)
        : run_(run), events_max_(events_max), best_{plan, run(plan), 1} {
        best_.events = best_.result.events;
        kind_ = kind_of(best_.result.failure);
    }

    Shrunk shrink() {
        for (unsigned before = ~0u; before != successes_ && best_.events < events_max_;) {
            before = successes_;
            drop_what_comes_after();
            drop_deeds();
            drop_processes();
            plainer_options();
            fewer_values();
            better_links();
            less_time();
        }
        return std::move(best_);
    }

private:
    // Takes over what `change` makes of the best plan so far, if that fails too.
    template <typename Change>
    bool attempt(Change&& change) {
        if (best_.events >= events_max_) return false;
        Plan plan = best_.plan;
        change(plan);
        if (!can_work(plan.cluster)) return false;
        ++best_.attempts;
        Result result = run_(plan);
        best_.events += result.events;
        if (result.failure.empty() || kind_of(result.failure) != kind_) return false;
        best_.plan = std::move(plan);
        best_.result = std::move(result);
        ++successes_;
        return true;
    }
    static std::vector<Name>& healed(Plan& plan);
    void drop_what_comes_after();
    void drop_deeds();
    void drop_processes();
    void plainer_options();
    void fewer_values();
    void better_links();
    void less_time();
    template <typename Part, typename Member>
    void reset(Part ClusterOptions::*part, Member member) {
        const auto usual = Part{}.*member;
        if (best_.plan.cluster.*part.*member == usual) return;
        attempt([&](Plan& plan) { plan.cluster.*part.*member = usual; });
    }

    const std::function<Result(const Plan&)>& run_;
    const std::uint64_t events_max_;
    Shrunk best_;
    std::string kind_;
    unsigned successes_ = 0;
};

void Shrinker::drop_what_comes_after() {
    const Time failed = Time{} + best_.result.simulated;
    if (best_.plan.deeds.back().at <= failed) return;
    attempt([&](Plan& plan) {
        std::erase_if(plan.deeds, [&](const TimedDeed& timed) {
            return timed.at > failed && !std::holds_alternative<deed::Heal>(timed.deed);
        });
        plan.deeds.back().at = std::min(plan.deeds.back().at, failed);
    });
}

// Those that are started when all is healed, which is the last deed, and stays.
std::vector<Name>& Shrinker::healed(Plan& plan) {
    return std::get<deed::Heal>(plan.deeds.back().deed).start;
}

// Ever smaller stretches, the last ones first: what comes late depends on what came before.
void Shrinker::drop_deeds() {
    for (std::size_t size = std::max<std::size_t>(best_.plan.deeds.size() / 2, 1);; size /= 2) {
        for (std::size_t end = best_.plan.deeds.size() - 1; end > 0;) {
            const std::size_t begin = end > size ? end - size : 0;
            attempt([&](Plan& plan) {
                const auto at = plan.deeds.begin();
                plan.deeds.erase(at + static_cast<std::ptrdiff_t>(begin),
                                 at + static_cast<std::ptrdiff_t>(end));
            });
            end = begin;
        }
        if (size == 1) break;
    }
    for (std::size_t k = healed(best_.plan).size(); k-- > 0;)
        attempt(
            [&](Plan& plan) { healed(plan).erase(healed(plan).begin() + static_cast<std::ptrdiff_t>(k)); });
}

// A deed that is done to somebody who is gone, or to a list of which nobody is left.
template <typename Gone>
bool is_void(const Deed& deed, const Gone& gone) {
    if (const auto* partition = std::get_if<deed::Partition>(&deed)) return partition->side.empty();
    if (const auto* meddle = std::get_if<deed::Meddle>(&deed))
        return meddle->speakers.empty() || meddle->hearers.empty();
    const auto names = named_by(deed);
    return std::any_of(names.begin(), names.end(),
                       [&](const Name* name) { return name != nullptr && gone(*name); });
}

// The last one of each role, again and again.
void Shrinker::drop_processes() {
    for (const Role role : {Role::client, Role::learner, Role::proposer, Role::acceptor}) {
        const auto count = count_of(role);
        for (bool smaller = true; smaller && best_.plan.cluster.*count > 1;) {
            const unsigned left = best_.plan.cluster.*count - 1;
            const auto gone = [&](const Name& name) {
                return name.role == role && name.id >= left + (role == Role::acceptor ? 1 : 0);
            };
            smaller = attempt([&](Plan& plan) {
                plan.cluster.*count = left;
                for (TimedDeed& timed : plan.deeds) {
                    for (std::vector<Name>* list : lists_in(timed.deed))
                        std::erase_if(*list, gone);
                }
                std::erase_if(plan.deeds, [&](const TimedDeed& timed) { return is_void(timed.deed, gone); });
            });
        }
    }
}

void Shrinker::plainer_options() {
    constexpr auto kRoles = &ClusterOptions::roles;
    reset(kRoles, &RoleSettings::direct_2b);
    reset(kRoles, &RoleSettings::proactive_phase1);
    reset(kRoles, &RoleSettings::batch_values);
    reset(kRoles, &RoleSettings::batch_bytes);
    reset(kRoles, &RoleSettings::window_bytes);
    reset(kRoles, &RoleSettings::turns);
    reset(kRoles, &RoleSettings::history_bytes);
    reset(kRoles, &RoleSettings::snapshots);
    reset(kRoles, &RoleSettings::oracle);
    reset(kRoles, &RoleSettings::leader_ping);
    reset(kRoles, &RoleSettings::leader_suspect);
    reset(kRoles, &RoleSettings::stall);
    reset(kRoles, &RoleSettings::log_bytes);
    reset(kRoles, &RoleSettings::log_instances);
    constexpr auto kMachines = &ClusterOptions::machines;
    reset(kMachines, &MachineSettings::wake_latency);
    reset(kMachines, &MachineSettings::datagram_cost);
    reset(kMachines, &MachineSettings::receive_buffer_bytes);
    reset(kMachines, &MachineSettings::drift_ppm_max);
    if (best_.plan.cluster.value_bytes != 8) attempt([](Plan& plan) { plan.cluster.value_bytes = 8; });
}

void Shrinker::fewer_values() {
    for (std::size_t k = 0; k < best_.plan.deeds.size(); ++k) {
        for (const std::uint64_t divisor : {std::uint64_t{1} << 32, std::uint64_t{8}, std::uint64_t{2}}) {
            const auto* burst = std::get_if<deed::Burst>(&best_.plan.deeds[k].deed);
            if (burst == nullptr || burst->values == 1) break;
            const std::uint64_t values = std::max<std::uint64_t>(burst->values / divisor, 1);
            if (attempt([&](Plan& plan) { std::get<deed::Burst>(plan.deeds[k].deed).values = values; }))
                break;
        }
    }
}

void Shrinker::better_links() {
    static constexpr std::array kFaults{&LinkQuality::loss_ppm, &LinkQuality::duplicate_ppm,
                                        &LinkQuality::reorder_ppm, &LinkQuality::damage_ppm};
    for (const auto fault : kFaults) {
        if (!has_mishap(best_.plan, fault)) continue;
        attempt([&](Plan& plan) {
            plan.cluster.links.*fault = 0;
            for (TimedDeed& timed : plan.deeds)
                if (auto* weather = std::get_if<deed::Weather>(&timed.deed)) weather->links.*fault = 0;
        });
    }
    if (best_.plan.cluster.links.delay_max != best_.plan.cluster.links.delay_min)
        attempt([](Plan& plan) { plan.cluster.links.delay_max = plan.cluster.links.delay_min; });
}

// Long waits become shorter, one after the other.
void Shrinker::less_time() {
    for (const Duration most : {milliseconds(10), milliseconds(100), milliseconds(1000)}) {
        for (std::size_t k = 0; k < best_.plan.deeds.size(); ++k) {
            const auto& deeds = best_.plan.deeds;
            const Duration wait = deeds[k].at.since(k == 0 ? Time{} : deeds[k - 1].at);
            if (wait <= most) continue;
            attempt([&](Plan& plan) {
                for (std::size_t after = k; after < plan.deeds.size(); ++after)
                    plan.deeds[after].at.ns -= wait.ns - most.ns;
            });
        }
    }
}

}  // namespace

std::string kind_of(const std::string& failure) {
    std::string kind = failure;
    std::erase_if(kind, [](unsigned char c) { return std::isdigit(c) != 0; });
    return kind.substr(0, kind.find(':'));
}

Shrunk shrink(const Plan& plan, const std::function<Result(const Plan&)>& run, std::uint64_t events_max) {
    return Shrinker(plan, run, events_max).shrink();
}

}  // namespace synod::sim
