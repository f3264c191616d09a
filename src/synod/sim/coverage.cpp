#include "synod/sim/coverage.hpp"

namespace synod::sim {

namespace {

constexpr std::array<std::string_view, kFaults> kFaultNames{
    "lost",      "cut",        "duplicated", "overtaken", "corrupted", "truncated",
    "slow link", "overflowed", "dead",       "paused",    "slow"};

constexpr std::array<std::string_view, kBranches> kBranchNames{"reign",
                                                               "takeover",
                                                               "preemption",
                                                               "adoption",
                                                               "no-op",
                                                               "second 2A",
                                                               "paged promise",
                                                               "nack",
                                                               "nack, trimmed",
                                                               "promise by 2A",
                                                               "vote again",
                                                               "learner's repair",
                                                               "proposer's repair",
                                                               "acceptor's repair",
                                                               "catch-up",
                                                               "repaired vote",
                                                               "repaired decision",
                                                               "trimmed answer",
                                                               "trim",
                                                               "checkpoint page",
                                                               "proposer's checkpoint",
                                                               "acceptor's checkpoint",
                                                               "observer",
                                                               "observer's repair",
                                                               "learner gave up",
                                                               "crash",
                                                               "gap",
                                                               "turn",
                                                               "repeat refused",
                                                               "repeat decided",
                                                               "split value",
                                                               "announcement",
                                                               "leader change",
                                                               "client in flight",
                                                               "read",
                                                               "read that waits",
                                                               "read asked again",
                                                               "gave way"};

template <std::size_t N>
void add_to(std::array<std::uint64_t, N>& sums, const std::array<std::uint64_t, N>& more) noexcept {
    for (std::size_t k = 0; k < N; ++k)
        sums[k] += more[k];
}

}  // namespace

std::string_view name_of(Fault fault) noexcept {
    return kFaultNames[static_cast<std::size_t>(fault)];
}

std::string_view name_of(Branch branch) noexcept {
    return kBranchNames[static_cast<std::size_t>(branch)];
}

void Coverage::add(const Coverage& other) noexcept {
    add_to(sends, other.sends);
    add_to(branches, other.branches);
    for (std::size_t k = 0; k < kFaults; ++k)
        add_to(faults[k], other.faults[k]);
}

}  // namespace synod::sim
