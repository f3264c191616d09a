#include "synod/trace/json_lines.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "synod/trace/names.hpp"

namespace synod::trace {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Ballot& ballot) {
    return {ballot.round.value(), ballot.proposer.value(),
            fmt::format("{:016x}", ballot.incarnation.value())};
}

Json json_of(const Range& range) {
    Json json{range.first.value()};
    if (range.end != kInstanceEnd) json.push_back(range.end.value());
    return json;
}

Json json_of(const Vote& vote) {
    Json json{{"instance", vote.instance.value()}};
    if (vote.decided) {
        json["decided"] = true;
    } else {
        json["ballot"] = json_of(vote.ballot);
    }
    json["values"] = vote.values;
    return json;
}

template <typename List>
Json list_of(const List& list) {
    Json json = Json::array();
    for (const auto& element : list)
        json.push_back(json_of(element));
    return json;
}

// Fields that say nothing are left out.
Json json_of(const Event& event) {
    Json json{{"at", event.at.ns}, {"event", name_of(event.kind)}};
    if (event.process) json["process"] = name_of(*event.process);
    if (event.message != 0) json["message"] = event.message;
    if (!event.type.empty()) json["type"] = event.type;
    if (event.peer) json["peer"] = name_of(*event.peer);
    if (event.chatter) json["chatter"] = true;
    if (!event.ballot.is_none()) json["ballot"] = json_of(event.ballot);
    if (!event.higher.is_none()) json["higher"] = json_of(event.higher);
    if (!event.instances.empty()) json["instances"] = list_of(event.instances);
    if (event.decided_below > InstanceId{}) json["decided_below"] = event.decided_below.value();
    if (!event.values.empty()) json["values"] = event.values;
    if (!event.votes.empty()) json["votes"] = list_of(event.votes);
    if (!event.text.empty()) json["text"] = event.text;
    return json;
}

// ---- And back ------------------------------------------------------------------------------------------

Ballot ballot_of(const Json& json) {
    const auto incarnation = std::stoull(json.at(2).get<std::string>(), nullptr, 16);
    return {Round{json.at(0).get<std::uint64_t>()}, ProposerId{json.at(1).get<std::uint16_t>()},
            Incarnation{incarnation}};
}

Range range_of(const Json& json) {
    return {InstanceId{json.at(0).get<std::uint64_t>()},
            json.size() == 1 ? kInstanceEnd : InstanceId{json.at(1).get<std::uint64_t>()}};
}

Vote vote_of(const Json& json) {
    Vote vote;
    vote.instance = InstanceId{json.at("instance").get<std::uint64_t>()};
    vote.decided = json.value("decided", false);
    if (json.contains("ballot")) vote.ballot = ballot_of(json.at("ballot"));
    vote.values = json.at("values").get<std::vector<std::string>>();
    return vote;
}

Who who_of(const Json& json) {
    const auto who = parse_who(json.get<std::string>());
    if (!who) throw FormatError(json.dump() + R"( is no process; expected "acceptor 1" or "acceptors")");
    return *who;
}

Event event_of(const Json& json) {
    Event event;
    event.at = Time{json.at("at").get<std::uint64_t>()};
    const auto kind = parse_kind(json.at("event").get<std::string>());
    if (!kind) throw FormatError(json.at("event").dump() + " is no kind of event");
    event.kind = *kind;
    if (json.contains("process")) event.process = who_of(json.at("process"));
    event.message = json.value("message", std::uint64_t{0});
    event.type = json.value("type", "");
    if (json.contains("peer")) event.peer = who_of(json.at("peer"));
    event.chatter = json.value("chatter", false);
    if (json.contains("ballot")) event.ballot = ballot_of(json.at("ballot"));
    if (json.contains("higher")) event.higher = ballot_of(json.at("higher"));
    for (const Json& range : json.value("instances", Json::array()))
        event.instances.push_back(range_of(range));
    event.decided_below = InstanceId{json.value("decided_below", std::uint64_t{0})};
    event.values = json.value("values", std::vector<std::string>());
    for (const Json& vote : json.value("votes", Json::array()))
        event.votes.push_back(vote_of(vote));
    event.text = json.value("text", "");
    return event;
}

}  // namespace

std::string json_line(const Event& event) {
    return json_of(event).dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

void write_json_lines(const std::vector<Event>& events, std::ostream& out) {
    for (const Event& event : events)
        out << json_line(event);
}

std::vector<Event> read_json_lines(std::istream& in) {
    std::vector<Event> events;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        try {
            events.push_back(event_of(Json::parse(line)));
        } catch (const std::exception& error) {
            throw FormatError(fmt::format("line {}: {}", number, error.what()));
        }
    }
    return events;
}

}  // namespace synod::trace
