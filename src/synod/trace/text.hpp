#pragma once

#include <map>
#include <string>
#include <vector>

#include "synod/trace/event.hpp"

namespace synod::trace {

// Short names of ballots: "2.0" is round 2 of proposer 0; in its second life "2.0'", in its third "2.0''".
class BallotNames {
public:
    explicit BallotNames(const std::vector<Event>& events);
    [[nodiscard]] std::string name(const Ballot& ballot) const;

private:
    void note(const Ballot& ballot);
    std::map<ProposerId, std::vector<Incarnation>> lives_;
};

// "0", "3-7", "5 on", "0, 2-4".
[[nodiscard]] std::string text_of(const std::vector<Range>& instances);
[[nodiscard]] std::string text_of(const std::vector<std::string>& values);
// What an event says beyond its kind, process and peer.
[[nodiscard]] std::string details_of(const Event& event, const BallotNames& ballots);
// "sends 2A to acceptors", "promises".
[[nodiscard]] std::string action_of(const Event& event);

struct TextOptions {
    bool chatter = false;     // messages that say nothing new
    bool receptions = false;  // each arrival of a message, too
};
// One event a line, in three columns and the time in ms.
[[nodiscard]] std::string text_of(const std::vector<Event>& events, const TextOptions& options);

}  // namespace synod::trace
