#pragma once

#include <stdexcept>

#include "synod/trace/event.hpp"

// The schema of a trace, in the one place where it stands: all formats have these fields, by these names and
// in this order, and are made of it. docs/trace-format.md says what they mean.

namespace synod::trace {

// Calls `visit.always` with name and value of what an event (or vote) never lacks, then `visit.field` with
// the rest: a field that is as in `Event{}` says nothing.
template <typename AnEvent, typename Visitor>
void visit_event(AnEvent& event, Visitor&& visit) {
    visit.always("at", event.at);
    visit.always("event", event.kind);
    visit.field("process", event.process);
    visit.field("message", event.message);
    visit.field("type", event.type);
    visit.field("peer", event.peer);
    visit.field("chatter", event.chatter);
    visit.field("ballot", event.ballot);
    visit.field("higher", event.higher);
    visit.field("instances", event.instances);
    visit.field("decided_below", event.decided_below);
    visit.field("values", event.values);
    visit.field("votes", event.votes);
    visit.field("text", event.text);
}

template <typename AVote, typename Visitor>
void visit_vote(AVote& vote, Visitor&& visit) {
    visit.always("instance", vote.instance);
    visit.field("ballot", vote.ballot);
    visit.field("decided", vote.decided);
    visit.field("values", vote.values);
}

// What was read is no trace; says where and why.
struct FormatError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace synod::trace
