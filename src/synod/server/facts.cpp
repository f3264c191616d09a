#include "synod/server/facts.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "synod/node/clock.hpp"

namespace synod::server {

namespace {

template <typename T>
std::pair<std::string, std::string> field(const char* name, const T& value) {
    return {name, fmt::format("{}", value)};
}

}  // namespace

std::uint16_t leader_of(const Proposer& proposer, std::size_t servers) noexcept {
    if (proposer.is_leading()) return proposer.ballot().proposer.value();
    const Ballot heard = proposer.highest_heard();
    const bool is_server = heard > proposer.ballot() && heard.proposer.value() <= servers;
    return is_server ? heard.proposer.value() : std::uint16_t{0};
}

Facts::Facts(const Options& options) : options_(options), started_(node::now()) {}

void Facts::look_at(host::Host& host, const Service& service, const Connections& connections,
                    const Reads& reads, const Majority& majority, bool observes, const LogName& log) {
    host_ = &host;
    service_ = &service;
    connections_ = &connections;
    reads_ = &reads;
    majority_ = &majority;
    observes_ = observes;
    log_name_ = log;
}

std::vector<rsm::ServerFacts::Section> Facts::info() const {
    return {server(),
            {"Clients",
             {field("connected_clients", connections_->size()),
              field("maxclients", connections_->limits().clients_max),
              field("client_bytes_held", connections_->held_bytes())}},
            {"Memory",
             {field("used_memory", service_->store().keys().memory_bytes()),
              field("maxmemory", options_.memory_bytes_max), field("maxmemory_policy", "noeviction")}},
            {"Stats",
             {field("total_connections_received", connections_->accepted()),
              field("rejected_connections", connections_->turned_away()),
              field("total_commands_processed", service_->position().value() + reads_->answered()),
              field("synod_reads_without_log", reads_->answered())}},
            replication(),
            log(),
            {"Keyspace",
             {{"db0", fmt::format("keys={},expires={},avg_ttl=0", service_->store().keys().size(),
                                  service_->store().keys().keys_with_deadline())}}}};
}

rsm::ServerFacts::Section Facts::server() const {
    return {"Server",
            {field("redis_version", rsm::kRedisVersion), field("redis_mode", "standalone"),
             field("process_id", ::getpid()), field("tcp_port", options_.listen.front().port),
             field("uptime_in_seconds", node::now().since(started_).ns / 1'000'000'000)}};
}

// `role` is what Redis clients look for: each server takes writes. Who was last heard to lead can decide
// nothing without a majority, and may not know it.
rsm::ServerFacts::Section Facts::replication() const {
    const bool majority = majority_->answers(node::now());
    const std::uint16_t leader =
        majority ? leader_of(*host_->role<Proposer>(), options_.sids.size()) : std::uint16_t{0};
    const auto sid = [this](std::uint16_t id) {
        return id == 0 ? std::string("none") : fmt::format("{}", options_.sids[id - 1U]);
    };
    return {"Replication",
            {field("role", "master"), field("synod_sid", sid(options_.runtime.id)),
             field("synod_servers", options_.sids.size()),
             field("synod_leads", leader == options_.runtime.id ? 1 : 0), field("synod_leader", sid(leader)),
             field("synod_observes", observes_ ? 1 : 0), field("synod_majority", majority ? 1 : 0)}};
}

rsm::ServerFacts::Section Facts::log() const {
    const Acceptor& acceptor = *host_->role<Acceptor>();
    const Learner& learner = *host_->role<Learner>();
    return {"Log",
            {field("synod_run", fmt::format("{:016x}", log_name_.run)),
             field("synod_cluster", fmt::format("{:016x}", log_name_.cluster)),
             field("synod_position", service_->position().value()),
             field("synod_delivered_below", learner.delivered_below().value()),
             field("synod_decided_below", acceptor.log().decided_below().value()),
             field("synod_forgotten_below", acceptor.trimmed_below().value()),
             field("synod_majority_delivered_below", acceptor.delivered_by_majority_below().value()),
             field("synod_history_bytes", acceptor.log().arena().used_bytes())}};
}

rsm::ServerFacts::Fields Facts::configuration() const {
    return {field("appendonly", "no"),
            field("databases", 1),
            field("maxclients", connections_->limits().clients_max),
            field("maxmemory", options_.memory_bytes_max),
            field("maxmemory-policy", "noeviction"),
            field("port", options_.listen.front().port),
            field("save", ""),
            field("timeout", 0)};
}

bool Facts::is_full() const {
    return options_.memory_bytes_max > 0 &&
           service_->store().keys().memory_bytes() > options_.memory_bytes_max;
}

std::string Facts::clients() const {
    std::string lines;
    connections_->for_each([&](const rsm::ClientInfo& client) { lines += rsm::describe(client) + "\n"; });
    return lines;
}

}  // namespace synod::server
