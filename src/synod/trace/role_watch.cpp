#include "synod/trace/role_watch.hpp"

#include <utility>

#include "synod/trace/describe.hpp"
#include "synod/trace/names.hpp"

namespace synod::trace {

namespace {

// What keeps processes in touch, and has no part in the protocol's story. A Beacon to one process answers its
// Hello.
bool is_small_talk(const Message& message, Destination to) noexcept {
    if (std::holds_alternative<Beacon>(message)) return !to.is_group();
    return std::holds_alternative<Hello>(message) || std::holds_alternative<LearnerStatus>(message) ||
           std::holds_alternative<Heartbeat>(message) || std::holds_alternative<Echo>(message) ||
           std::holds_alternative<Ping>(message);
}

// These say how things stand, again and again.
bool is_state(const Message& message) noexcept {
    return std::holds_alternative<Accepted>(message) || std::holds_alternative<Beacon>(message);
}

bool says_the_same(const Event& a, const Event& b) {
    return a.ballot == b.ballot && a.instances == b.instances && a.decided_below == b.decided_below &&
           a.text == b.text;
}

}  // namespace

Event RoleWatch::event(Kind kind, Time now) const {
    Event event;
    event.at = now;
    event.kind = kind;
    event.process = who_;
    return event;
}

void RoleWatch::happened(Kind kind, Time now, std::string text) {
    Event happening = event(kind, now);
    happening.text = std::move(text);
    sink_->add(std::move(happening));
}

void RoleWatch::started(Time now, std::string text) {
    *this = RoleWatch(who_, *sink_);
    happened(Kind::started, now, std::move(text));
}

void RoleWatch::sent(const Message& message, Destination to, std::optional<Who> peer, std::uint64_t number,
                     Time now) {
    Event sending = event(Kind::sent, now);
    sending.message = number;
    sending.peer = to.is_group() ? Who{to.group, 0, true} : peer;
    describe(message, sending);
    Event& last = said_[wire::type_of(message)];
    // What has been said to all is no news to one.
    const bool heard = last.message != 0 && (sending.peer == last.peer || !to.is_group());
    const bool nothing_voted = std::holds_alternative<Accepted>(message) && sending.instances.empty();
    sending.chatter = is_small_talk(message, to) || nothing_voted ||
                      (is_state(message) && heard && says_the_same(sending, last));
    if (to.is_group() || last.message == 0) last = sending;
    sink_->add(std::move(sending));
}

void RoleWatch::passed(Kind kind, std::uint64_t number, Who from, Time now, std::string text, bool chatter) {
    Event passing = event(kind, now);
    passing.message = number;
    passing.peer = from;
    passing.text = std::move(text);
    passing.chatter = chatter;
    sink_->add(std::move(passing));
}

// ---- What the roles do ---------------------------------------------------------------------------------

void RoleWatch::submitted(Bytes value, Time now) {
    Event submission = event(Kind::submitted, now);
    submission.values = {shown(value)};
    sink_->add(std::move(submission));
}

void RoleWatch::voted(Kind kind, const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now) {
    Event vote = event(kind, now);
    vote.ballot = ballot;
    vote.instances = {{instance, instance.next()}};
    if (const auto* entry = acceptor.log().find(instance))
        vote.values = values_in(acceptor.log().value(*entry));
    sink_->add(std::move(vote));
}

void RoleWatch::took(const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now) {
    stepped(acceptor, now);  // who votes has promised
    const InstanceLog::Entry* entry = acceptor.log().find(instance);
    if (acceptor.is_observer() || entry == nullptr || entry->ballot != ballot) return;
    if (std::exchange(votes_[instance], ballot) != ballot)
        voted(Kind::accepted, acceptor, instance, ballot, now);
}

void RoleWatch::chosen(const Acceptor& acceptor, InstanceId instance, Ballot ballot, Time now) {
    voted(Kind::chosen, acceptor, instance, ballot, now);
}

void RoleWatch::stepped(const Acceptor& acceptor, Time now) {
    if (acceptor.promised() == promised_) return;
    promised_ = acceptor.promised();
    Event promise = event(Kind::promised, now);
    promise.ballot = promised_;
    sink_->add(std::move(promise));
}

void RoleWatch::stepped(const Proposer& proposer, Time now) {
    if (delivered_below_ < proposer.delivered_below()) {
        Event decision = event(Kind::decided, now);
        decision.instances = {{delivered_below_, proposer.delivered_below()}};
        decision.chatter = !leads_;
        delivered_below_ = proposer.delivered_below();
        sink_->add(std::move(decision));
    }
    // Who leads and prepares its next ballot has not stood down.
    const bool ended = leads_ && !proposer.is_leading() && proposer.ballot() == reign_;
    const bool begun = proposer.is_leading() && (!leads_ || proposer.ballot() != reign_);
    leads_ = proposer.is_leading();
    if (!ended && !begun) return;
    Event reign = event(begun ? Kind::leads : Kind::stands_down, now);
    reign.ballot = reign_ = proposer.ballot();
    sink_->add(std::move(reign));
}

void RoleWatch::stepped(const Client& client, Time now) {
    if (client.values_decided() == values_decided_) return;
    values_decided_ = client.values_decided();
    happened(Kind::acknowledged, now, std::to_string(values_decided_) + " of its values");
}

void RoleWatch::delivered(InstanceId instance, Bytes batch, Time now) {
    Event delivery = event(Kind::delivered, now);
    delivery.instances = {{instance, instance.next()}};
    delivery_.deliver(batch, [&](SessionId, Bytes value) { delivery.values.push_back(shown(value)); });
    sink_->add(std::move(delivery));
}

}  // namespace synod::trace
