#include "synod/node/watch.hpp"

#include <fmt/format.h>

namespace synod::node {

namespace {

std::string text(const Ballot& ballot) {
    return ballot.is_none() ? "none"
                            : fmt::format("({}, proposer {})", ballot.round.value(), ballot.proposer.value());
}

}  // namespace

// At most once a second: an acceptor that is too slow for its peers' histories gives up again and again.
void Watch::look_at_losses(const Acceptor& acceptor, Time now) {
    const Range lost = acceptor.gave_up();
    if (lost.end == gave_up_below_ || now.since(gave_up_said_) < milliseconds(1000)) return;
    gave_up_below_ = lost.end;
    gave_up_said_ = now;
    say_(
        fmt::format("instances from {} to below {} were decided without this acceptor, and the others have "
                    "forgotten them: it "
                    "has nothing of them to give to late learners. A longer `history SIZE` lets acceptors be "
                    "away for longer",
                    lost.first.value(), lost.end.value()));
}

void Watch::look_at_refusals(const wire::Decoder& decoder) {
    const wire::RefusalCounts& refused = decoder.refused();
    if (const auto line = strangers_.look(decoder)) say_(*line);
    for (std::size_t k = 0; debug_ && k < wire::kRefusals; ++k) {
        const auto reason = static_cast<wire::Refusal>(k);
        if (refused.of(reason) == 0 || refused_said_.of(reason) > 0) continue;
        refused_said_.count(reason);
        say_(fmt::format("dropping a datagram: {}", wire::name(reason)));
    }
}

void Watch::look_at_roles(host::Host& host, Time now) {
    if (const Proposer* proposer = host.role<Proposer>()) look_at(*proposer);
    if (const Acceptor* acceptor = host.role<Acceptor>()) look_at(*acceptor);
    if (now.since(progress_said_) < milliseconds(1000)) return;
    progress_said_ = now;
    InstanceId delivered;
    if (const Learner* learner = host.role<Learner>()) delivered = learner->delivered_below();
    if (const Proposer* proposer = host.role<Proposer>()) delivered = proposer->learner().delivered_below();
    if (delivered == delivered_said_) return;
    delivered_said_ = delivered;
    say_(fmt::format("delivered all instances below {}", delivered.value()));
}

void Watch::look_at(const Proposer& proposer) {
    if (proposer.ballot() == ballot_ && proposer.is_leading() == leading_) return;
    ballot_ = proposer.ballot();
    leading_ = proposer.is_leading();
    say_(fmt::format("{} ballot {}", leading_ ? "leads in" : "does not lead; its last is", text(ballot_)));
}

void Watch::look_at(const Acceptor& acceptor) {
    if (acceptor.promised() == ballot_) return;
    ballot_ = acceptor.promised();
    say_(fmt::format("promised ballot {}", text(ballot_)));
}

}  // namespace synod::node
