#pragma once

#include <tuple>
#include <utility>

#include "synod/core/ballot.hpp"
#include "synod/core/quorum.hpp"

// The Synod algorithm: one value ("Paxos Made Simple", section 2). These are the rules that make Paxos
// safe, all of them, for one instance. Multi-Paxos calls them for each of its instances and adds none.

namespace synod {

// Phase 1b. "If an acceptor receives a prepare request with number n greater than that of any prepare
// request to which it has already responded, then it responds to the request with a promise not to accept
// any more proposals numbered less than n". A request repeated is answered again: answers may be lost.
// True when promised; `rnd` is the highest ballot promised.
constexpr bool may_promise(Ballot rnd, Ballot c_rnd) noexcept {
    return !c_rnd.is_none() && c_rnd >= rnd;
}

// Phase 2b. "If an acceptor receives an accept request for a proposal numbered n, it accepts the proposal
// unless it has already responded to a prepare request having a number greater than n."
// Who accepts also raises `rnd` to n: having voted in n, it must not help a lower ballot any more.
constexpr bool may_accept(Ballot rnd, Ballot c_rnd) noexcept {
    return may_promise(rnd, c_rnd);
}

// Phase 2a. "...where v is the value of the highest-numbered proposal among the responses, or is any value
// if the responses reported no proposals." Fed with every vote reported by a quorum.
template <typename Value>
class ValueToPropose {
public:
    void consider(Ballot v_rnd, Value v_val) {
        if (v_rnd.is_none() || v_rnd <= v_rnd_) return;
        v_rnd_ = v_rnd;
        v_val_ = std::move(v_val);
    }
    [[nodiscard]] bool is_free() const noexcept { return v_rnd_.is_none(); }
    [[nodiscard]] Ballot v_rnd() const noexcept { return v_rnd_; }
    [[nodiscard]] const Value& v_val() const noexcept { return v_val_; }
    [[nodiscard]] auto state() const noexcept { return std::tie(v_rnd_, v_val_); }
    friend bool operator==(const ValueToPropose&, const ValueToPropose&) = default;

private:
    Ballot v_rnd_;
    Value v_val_{};
};

// "A value is chosen when a single proposal with that value has been accepted by a majority of the
// acceptors" (section 2.3). A single proposal: votes of different ballots do not add up, even for equal
// values. Only the highest ballot seen is counted: should a quorum of a lower one be missed so, the higher
// one can only choose the same value.
class VoteCount {
public:
    // True when this vote counted and was not known yet.
    bool add(AcceptorId acceptor, Ballot v_rnd) noexcept {
        if (v_rnd.is_none() || v_rnd < ballot_) return false;
        if (v_rnd > ballot_) {
            ballot_ = v_rnd;
            voters_ = {};
        }
        return voters_.add(acceptor);
    }
    [[nodiscard]] bool is_chosen(const Quorum& quorum) const noexcept { return quorum.reached_by(voters_); }
    [[nodiscard]] Ballot ballot() const noexcept { return ballot_; }
    [[nodiscard]] AcceptorSet voters() const noexcept { return voters_; }
    [[nodiscard]] auto state() const noexcept { return std::tie(ballot_, voters_); }
    friend bool operator==(const VoteCount&, const VoteCount&) = default;

private:
    Ballot ballot_;
    AcceptorSet voters_;
};

}  // namespace synod
