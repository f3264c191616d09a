#include "synod/trace/json_lines.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "synod/trace/names.hpp"

namespace synod::trace {

namespace {

using Json = nlohmann::ordered_json;

// ---- A value as JSON

Json json_of(const Vote& vote);

Json json_of(Time time) {
    return time.ns;
}
Json json_of(Kind kind) {
    return name_of(kind);
}
Json json_of(const std::optional<Who>& who) {
    return name_of(*who);
}
Json json_of(InstanceId instance) {
    return instance.value();
}
Json json_of(const Ballot& ballot) {
    return {ballot.round.value(), ballot.proposer.value(),
            fmt::format("{:016x}", ballot.incarnation.value())};
}
Json json_of(const Range& range) {
    Json json{range.first.value()};
    if (range.end != kInstanceEnd) json.push_back(range.end.value());
    return json;
}
template <typename Plain>
Json json_of(const Plain& plain) {
    return plain;
}
template <typename Element>
Json json_of(const std::vector<Element>& list) {
    Json json = Json::array();
    for (const Element& element : list)
        json.push_back(json_of(element));
    return json;
}

class JsonWriter {
public:
    template <typename T>
    void always(const char* name, const T& value) {
        json_[name] = json_of(value);
    }
    template <typename T>
    void field(const char* name, const T& value) {
        if (value != T{}) always(name, value);
    }
    Json take() { return std::move(json_); }

private:
    Json json_ = Json::object();
};

Json json_of(const Vote& vote) {
    JsonWriter writer;
    visit_vote(vote, writer);
    return writer.take();
}

// ---- And back

void read(const Json& json, Vote& vote);

void read(const Json& json, Time& time) {
    time.ns = json.get<std::uint64_t>();
}
void read(const Json& json, Kind& kind) {
    const auto parsed = parse_kind(json.get<std::string>());
    if (!parsed) throw FormatError(json.dump() + " is no kind of event");
    kind = *parsed;
}
void read(const Json& json, std::optional<Who>& who) {
    who = parse_who(json.get<std::string>());
    if (!who) throw FormatError(json.dump() + R"( is no process; expected "acceptor 1" or "acceptors")");
}
void read(const Json& json, InstanceId& instance) {
    instance = InstanceId{json.get<std::uint64_t>()};
}
void read(const Json& json, Ballot& ballot) {
    ballot = {Round{json.at(0).get<std::uint64_t>()}, ProposerId{json.at(1).get<std::uint16_t>()},
              Incarnation{std::stoull(json.at(2).get<std::string>(), nullptr, 16)}};
}
void read(const Json& json, Range& range) {
    range = {InstanceId{json.at(0).get<std::uint64_t>()},
             json.size() == 1 ? kInstanceEnd : InstanceId{json.at(1).get<std::uint64_t>()}};
}
template <typename Plain>
void read(const Json& json, Plain& plain) {
    json.get_to(plain);
}
template <typename Element>
void read(const Json& json, std::vector<Element>& list) {
    for (const Json& element : json)
        read(element, list.emplace_back());
}

class JsonReader {
public:
    explicit JsonReader(const Json& json) : json_(json) {}

    template <typename T>
    void always(const char* name, T& value) {
        read(json_.at(name), value);
    }
    template <typename T>
    void field(const char* name, T& value) {
        if (json_.contains(name)) always(name, value);
    }

private:
    const Json& json_;
};

void read(const Json& json, Vote& vote) {
    visit_vote(vote, JsonReader(json));
}

}  // namespace

void write_json_lines(const std::vector<Event>& events, std::ostream& out) {
    for (const Event& event : events) {
        JsonWriter writer;
        visit_event(event, writer);
        out << writer.take().dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    }
}

std::vector<Event> read_json_lines(std::istream& in) {
    std::vector<Event> events;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        try {
            const Json json = Json::parse(line);
            visit_event(events.emplace_back(), JsonReader(json));
        } catch (const std::exception& error) {
            throw FormatError(fmt::format("line {}: {}", number, error.what()));
        }
    }
    return events;
}

}  // namespace synod::trace
