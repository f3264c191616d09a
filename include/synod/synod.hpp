#pragma once

#include "synod/member/member.hpp"
#include "synod/member/replicated.hpp"

// Atomic broadcast by Paxos, for programs: join() and be told of every command in the one order of all
// members, or give a Replicated its state machine.
namespace synod {

using member::Applied;
using member::Configuration;
using member::Consistency;
using member::Deadline;
using member::Deliver;
using member::Done;
using member::Member;
using member::Outcome;
using member::Overloaded;
using member::Replicated;
using member::Unknown;
using rsm::LogEntry;
using rsm::Position;
using rsm::SnapshotFormat;
using rsm::StateMachine;
using rsm::UnixTime;

}  // namespace synod
