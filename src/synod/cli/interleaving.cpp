#include "synod/cli/interleaving.hpp"

#include <algorithm>
#include <unordered_set>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace synod::cli {
namespace {

using Outcome = Interleaving::Outcome;

// The search: a state is how many values of each client are taken; their sum is the place in the
// sequence. `path_` holds whom each value was taken from, so that steps can be taken back.
class Search {
public:
    Search(std::span<const std::uint64_t> sequence, const std::vector<Submissions>& clients, bool complete,
           std::size_t steps_max)
        : sequence_(sequence),
          clients_(clients),
          complete_(complete),
          steps_left_(sequence.size() + steps_max),
          taken_(clients.size(), 0) {
        path_.reserve(sequence.size());
    }

    Interleaving run() {
        std::size_t from = 0;  // the first client to try for the next value
        for (;;) {
            if (steps_left_-- == 0 || dead_.size() > kDeadMax) return result(Outcome::not_decidable);
            if (path_.size() == sequence_.size() && accepted()) return result(Outcome::complete);
            const std::size_t client = from == 0 && is_dead() ? clients_.size() : next_match(from);
            if (client < clients_.size()) {
                take(client);
                from = 0;
            } else if (!take_back(from)) {
                return result(Outcome::impossible);
            }
        }
    }

private:
    static constexpr std::size_t kDeadMax = 8'000'000;

    [[nodiscard]] Interleaving result(Outcome outcome) const { return {outcome, taken_, furthest_}; }

    [[nodiscard]] bool accepted() const {
        for (std::size_t i = 0; complete_ && i < clients_.size(); ++i)
            if (!clients_[i].may_stop_early && taken_[i] != clients_[i].values.size()) return false;
        return true;
    }

    [[nodiscard]] bool matches(std::size_t client) const {
        const auto& values = clients_[client].values;
        return taken_[client] < values.size() && values[taken_[client]] == sequence_[path_.size()];
    }

    [[nodiscard]] std::size_t next_match(std::size_t from) const {
        if (path_.size() == sequence_.size()) return clients_.size();
        while (from < clients_.size() && !matches(from))
            ++from;
        return from;
    }

    [[nodiscard]] std::uint64_t state() const {
        return XXH3_64bits(taken_.data(), taken_.size() * sizeof taken_[0]);
    }
    [[nodiscard]] bool is_dead() const { return !dead_.empty() && dead_.contains(state()); }

    void take(std::size_t client) {
        path_.push_back(static_cast<std::uint32_t>(client));
        ++taken_[client];
        furthest_ = std::max(furthest_, path_.size());
    }

    // Nothing more can be tried here: remembers that, where there was a choice (as on the way here
    // without one, the way leads through the same choices), and goes back one step.
    bool take_back(std::size_t& from) {
        if (has_choice()) dead_.insert(state());
        if (path_.empty()) return false;
        const std::size_t client = path_.back();
        path_.pop_back();
        --taken_[client];
        from = client + 1;
        return true;
    }

    [[nodiscard]] bool has_choice() const {
        const std::size_t first = next_match(0);
        return first < clients_.size() && next_match(first + 1) < clients_.size();
    }

    std::span<const std::uint64_t> sequence_;
    const std::vector<Submissions>& clients_;
    bool complete_;
    std::size_t steps_left_;
    std::vector<std::size_t> taken_;
    std::vector<std::uint32_t> path_;
    std::unordered_set<std::uint64_t> dead_;
    std::size_t furthest_ = 0;
};

}  // namespace

Interleaving find_interleaving(std::span<const std::uint64_t> sequence,
                               const std::vector<Submissions>& clients, std::size_t steps_max) {
    std::size_t needed = 0;
    for (const Submissions& client : clients)
        needed += client.may_stop_early ? 0 : client.values.size();
    if (needed <= sequence.size()) {
        Interleaving whole = Search(sequence, clients, true, steps_max).run();
        if (whole.outcome != Outcome::impossible) return whole;
    }
    Interleaving part = Search(sequence, clients, false, steps_max).run();
    if (part.outcome == Outcome::complete) part.outcome = Outcome::prefixes;
    return part;
}

}  // namespace synod::cli
