#include "synod/trace/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "synod/trace/messages.hpp"
#include "synod/trace/names.hpp"

namespace synod::trace {

namespace {

constexpr std::size_t kVotesShown = 4;
constexpr std::array<std::string_view, kKinds> kVerbs{
    "starts",  "crashes",  "pauses",      "resumes",  "gives up",        "cut",     "mended",
    "sends",   "receives", "misses",      "submits",  "promises",        "accepts", "sees it chosen",
    "decides", "leads",    "stands down", "delivers", "is acknowledged", "--",      "VIOLATION"};

std::string join(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string vote_text(const Vote& vote, const BallotNames& ballots) {
    const std::string values = vote.values.empty() ? "no-op" : text_of(vote.values);
    const std::string where = vote.decided ? "decided" : "in " + ballots.name(vote.ballot);
    return fmt::format("{} = {} {}", vote.instance.value(), values, where);
}

// An instance has no value when nothing is proposed in it.
bool has_value(const Event& event) noexcept {
    return (event.kind == Kind::sent && event.type == "2A") || event.kind == Kind::accepted ||
           event.kind == Kind::chosen || event.kind == Kind::delivered;
}

}  // namespace

BallotNames::BallotNames(const std::vector<Event>& events) {
    for (const Event& event : events) {
        note(event.ballot);
        note(event.higher);
        for (const Vote& vote : event.votes)
            note(vote.ballot);
    }
}

void BallotNames::note(const Ballot& ballot) {
    if (ballot.is_none()) return;
    auto& lives = lives_[ballot.proposer];
    if (std::find(lives.begin(), lives.end(), ballot.incarnation) == lives.end())
        lives.push_back(ballot.incarnation);
}

std::string BallotNames::name(const Ballot& ballot) const {
    if (ballot.is_none()) return "none";
    const auto at = lives_.find(ballot.proposer);
    std::size_t life = 0;
    if (at != lives_.end()) {
        const auto& lives = at->second;
        life = static_cast<std::size_t>(std::find(lives.begin(), lives.end(), ballot.incarnation) -
                                        lives.begin());
    }
    return fmt::format("{}.{}{}", ballot.round.value(), ballot.proposer.value(), std::string(life, '\''));
}

std::string text_of(const std::vector<Range>& instances) {
    std::vector<std::string> parts;
    for (const Range& range : instances) {
        if (range.end == kInstanceEnd) {
            parts.push_back(fmt::format("{} on", range.first.value()));
        } else if (range.end == range.first.next()) {
            parts.push_back(fmt::format("{}", range.first.value()));
        } else {
            parts.push_back(fmt::format("{}-{}", range.first.value(), range.end.value() - 1));
        }
    }
    return join(parts);
}

std::string text_of(const std::vector<std::string>& values) {
    return fmt::format("{}", fmt::join(values, " "));
}

std::string details_of(const Event& event, const BallotNames& ballots) {
    std::vector<std::string> parts;
    if (!event.ballot.is_none()) parts.push_back("ballot " + ballots.name(event.ballot));
    if (!event.higher.is_none()) parts.push_back("promised " + ballots.name(event.higher));
    std::string instances = event.instances.empty() ? "" : "instance " + text_of(event.instances);
    if (has_value(event)) {
        instances += " = " + (event.values.empty() ? "no-op" : text_of(event.values));
    } else if (!event.values.empty()) {
        instances += text_of(event.values);
    }
    if (!instances.empty()) parts.push_back(instances);
    for (std::size_t k = 0; k < std::min(event.votes.size(), kVotesShown); ++k)
        parts.push_back(vote_text(event.votes[k], ballots));
    if (event.votes.size() > kVotesShown)
        parts.push_back(fmt::format("{} more", event.votes.size() - kVotesShown));
    if (event.kind == Kind::sent && event.type == "1B" && event.votes.empty()) parts.emplace_back("no votes");
    if (event.decided_below > InstanceId{})
        parts.push_back(fmt::format("decided below {}", event.decided_below.value()));
    if (!event.text.empty()) parts.push_back(event.text);
    return join(parts);
}

std::string action_of(const Event& event) {
    std::string action(kVerbs[static_cast<std::size_t>(event.kind)]);
    if (!event.type.empty()) action += " " + event.type;
    if (!event.peer) return action;
    switch (event.kind) {
        case Kind::sent:
            return action + " to " + name_of(*event.peer);
        case Kind::cut:
        case Kind::mended:
            return "-> " + name_of(*event.peer) + " is " + action;
        default:
            return action + " from " + name_of(*event.peer);
    }
}

std::string text_of(const std::vector<Event>& events, const TextOptions& options) {
    const BallotNames ballots(events);
    Messages messages(events);
    std::string text;
    for (Event event : events) {
        if (event.kind == Kind::received && !options.receptions) continue;
        if (const Event* sent = messages.find(event.message)) {
            event.type = sent->type;
            event.chatter |= sent->chatter;
        }
        if (event.chatter && !options.chatter) continue;
        const std::string who = event.process ? name_of(*event.process) : "";
        const double ms = static_cast<double>(event.at.ns) / 1e6;
        std::string line =
            fmt::format("{:9.3f}  {:<10}  {:<27}  {}", ms, who, action_of(event), details_of(event, ballots));
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

}  // namespace synod::trace
