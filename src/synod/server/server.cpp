#include "synod/server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "synod/node/clock.hpp"
#include "synod/rsm/operation.hpp"

namespace synod::server {

namespace {

constexpr unsigned kSnapshotsMany = 3;  // in a row that did not help

// In instances. A server that is for so long so far behind asks for a snapshot, too.
constexpr std::uint64_t kFarBehind = 4096;
constexpr Duration kFarBehindPatience = milliseconds(1000);

node::RuntimeOptions with_snapshots(node::RuntimeOptions runtime) {
    runtime.snapshots = true;
    return runtime;
}

std::vector<node::Listener> listen(const std::vector<net::Address>& addresses) {
    std::vector<node::Listener> listeners;
    for (const net::Address address : addresses)
        listeners.push_back(node::listen_at(address));
    return listeners;
}

std::optional<OperationLog> open_log(const std::string& path) {
    return path.empty() ? std::nullopt : std::optional<OperationLog>(path);
}

// Whether it is one of a server of the cluster. Others could keep the servers from each other's snapshots.
bool is_of_server(std::uint32_t ip, const Options& options) {
    const auto is_at = [&](const net::Address& address) { return address.ip == ip; };
    return is_at(options.runtime.address) ||
           std::any_of(options.listen.begin(), options.listen.end(), is_at) ||
           std::any_of(options.runtime.peers.begin(), options.runtime.peers.end(), is_at);
}

std::string observer_text(const Options& options) {
    return fmt::format(
        "was here before, and its votes died with it: it observes, which is to serve and to forward, and not "
        "to vote. Do not restart a second server: those that never ended have to be a majority. To have it "
        "vote again, read out what is to be kept, stop all servers, and start them anew{}: the store is "
        "empty then, as it is in memory only",
        options.runtime.run ? ", and raise --run" : "");
}

}  // namespace

// The listeners come before the runtime: who cannot have its addresses must not leave a mark.
Server::Server(Options options, Say say)
    : options_(std::move(options)),
      say_(std::move(say)),
      signals_(node::Poller::Signals::taken),
      facts_(options_),
      connections_(listen(options_.listen), options_.clients, facts_),
      log_(open_log(options_.log)),
      runtime_(with_snapshots(options_.runtime), &service_),
      session_(*runtime_.host().role<Client>()),
      log_name_{runtime_.run(), node::cluster_hash(options_.runtime.cluster)},
      snapshot_sender_(log_name_),
      snapshot_fetch_({.peers = options_.runtime.peers,
                       .from = options_.runtime.address.ip,
                       .log = log_name_,
                       .say = say_}),
      loader_(log_name_),
      majority_(*runtime_.host().role<Learner>(), node::now()),
      near_at_(node::now()) {
    facts_.look_at(runtime_.host(), service_, connections_, reads_, majority_, runtime_.observes(),
                   log_name_);
    serve_session();
    if (log_) service_.write_to(*log_);
    runtime_.watch(signals_.fd());
    runtime_.watch(connections_.fd());
    runtime_.watch(snapshot_fetch_.fd());
    runtime_.watch(loader_.fd());
}

void Server::run() {
    if (runtime_.observes()) say_(observer_text(options_));
    runtime_.start();
    while (!signals_.told_to_stop())
        turn();
}

void Server::turn() {
    const Time now = runtime_.receive(deadline());
    if (runtime_.is_readable(signals_.fd())) static_cast<void>(signals_.wait(now, now));
    if (runtime_.is_readable(connections_.fd())) connections_.note_events();
    connections_.receive();
    take_requests(now);
    majority_.ask(*runtime_.host().role<Learner>(), now);
    runtime_.step(now);
    lose_below(service_.state().delivery.sessions().next(session_.id()));
    catch_up(now);
    answer_reads();
    connections_.send();
    send_snapshots();
    flush_log();
    tell_news(now);
    if (const auto what = runtime_.taken()) throw std::runtime_error(*what);
}

Time Server::deadline() const {
    const bool busy = connections_.has_work(has_room()) || session_.has_work();
    return busy ? Time{} : std::min({snapshot_fetch_.deadline(), reads_.mark_due(), majority_.deadline()});
}

void Server::take_requests(Time now) {
    session_.go_on(now);
    const rsm::UnixTime clock{node::unix_time_ms()};
    const bool wants_mark = majority_.take_mark(now) || reads_.wants_mark(now);
    if (session_.has_room() && wants_mark) mark(clock, now);
    if (!has_room()) return;
    connections_.take([&](Connections::Ticket ticket, const rsm::Connection::Request& request) {
        if (request.read_only)
            read(ticket, request, clock, now);
        else
            write(ticket, request.operation, clock, now);
        return has_room();
    });
}

void Server::write(Connections::Ticket ticket, std::string_view operation, rsm::UnixTime clock, Time now) {
    submit(ticket, operation, clock, now);
    reads_.wrote(ticket);
}

// Only the log tells the time. So a read that depends on it, or that could see what should have expired,
// comes behind a mark, which brings the time.
void Server::read(Connections::Ticket ticket, const rsm::Connection::Request& request, rsm::UnixTime clock,
                  Time now) {
    const bool needs_time = request.of_time || service_.store().keys().has_due(clock);
    if (needs_time && service_.time() < clock) {
        if (clock_marked_ < clock) mark(clock, now);
        clock_marked_ = clock;
        reads_.follow_last_write(ticket);
    }
    reads_.add(ticket, request.operation, runtime_.host().role<Learner>()->begin_read(), now);
}

// An entry of the log that does nothing but tell the time.
void Server::mark(rsm::UnixTime clock, Time now) {
    std::string operation;
    rsm::encode_nothing(operation);
    submit(std::nullopt, operation, clock, now);
    reads_.wrote_mark();
}

void Server::submit(std::optional<Connections::Ticket> ticket, std::string_view operation,
                    rsm::UnixTime clock, Time now) {
    asking_.push_back(ticket);
    session_.submit({member::Value::Kind::command, clock, as_bytes(operation)}, now);
}

void Server::write_comes(Bytes value) {
    asked_.reset();
    const auto lost = session_.comes(value);
    if (!lost) return;
    lose(*lost);
    reads_.write_comes([this](std::span<const Reads::Read> reads) { answer(reads); });
    asked_ = take_asking();
}

std::optional<Connections::Ticket> Server::take_asking() {
    const auto ticket = asking_.front();
    asking_.pop_front();
    return ticket;
}

void Server::answer(std::string_view reply) {
    if (asked_) connections_.answer(*asked_, reply);
}

// What has been submitted in these pieces will not come out of the log any more.
void Server::lose_below(PieceNumber next) {
    if (session_.is_overtaken(next)) return begin_another_session();
    lose(session_.skip_to(next));
}

void Server::serve_session() {
    service_.serve(
        session_.id(), [this](Bytes value) { write_comes(value); },
        [this](std::string_view reply) { answer(reply); });
}

void Server::begin_another_session() {
    const SessionId forged = session_.id();
    lose(session_.begin_another());
    serve_session();
    say_(
        fmt::format("somebody has sent from an address of a server what passes for its own, in its session "
                    "{:016x}{:016x}: closes the clients whose operations were under way, and goes on in "
                    "another session",
                    forged.high, forged.low));
}

// So many of the oldest under way have no answer.
void Server::lose(std::size_t count) {
    for (std::size_t k = 0; k < count; ++k)
        if (const auto ticket = take_asking()) connections_.abandon(*ticket);
    reads_.skip_writes(count);
}

void Server::answer_reads() {
    if (reads_.empty()) return;
    reads_.questions_done(runtime_.host().role<Learner>()->reads().done(),
                          [this](std::span<const Reads::Read> reads) { answer(reads); });
}

void Server::answer(std::span<const Reads::Read> reads) {
    for (const Reads::Read& read : reads)
        service_.will_run(as_bytes(read.operation));
    service_.fetch();
    for (const Reads::Read& read : reads)
        connections_.answer(read.ticket, service_.query(read.operation));
}

void Server::send_snapshots() {
    snapshot_sender_.tick();
    for (Connections::SnapshotSeeker& seeker : connections_.take_snapshot_seekers()) {
        if (!is_of_server(seeker.ip, options_))
            refuse_snapshot(std::move(seeker.stream), kSnapshotForServers);
        else if (seeker.log != to_string(log_name_))
            refuse_snapshot(std::move(seeker.stream), kSnapshotOfAnother);
        else if (snapshot_fetch_.is_under_way() || loader_.is_busy())
            refuse_snapshot(std::move(seeker.stream), kSnapshotBusy);
        else
            snapshot_sender_.send(std::move(seeker.stream), service_.state());
    }
}

// What acceptors have forgotten comes as a snapshot; so does what they still have, when it is so much that a
// snapshot may be there sooner.
void Server::catch_up(Time now) {
    const Learner& learner = *runtime_.host().role<Learner>();
    const InstanceLog& log = learner.log();
    if (log.known_decided_below().since(log.first()) < kFarBehind) near_at_ = now;
    if (learner.forgotten(now) || now.since(near_at_) > kFarBehindPatience) {
        if (!snapshot_fetch_.is_under_way() && !loader_.is_busy()) ask_for_snapshot(now);
    } else if (log.missing().empty()) {
        snapshot_fetch_.end();
        snapshots_in_a_row_ = 0;
    }
    if (auto snapshot = snapshot_fetch_.poll(now)) loader_.begin(std::move(*snapshot));
    loader_.tick();
    if (loader_.has_loaded()) install_loaded(now);
}

void Server::ask_for_snapshot(Time now) {
    if (!snapshot_fetch_.comes_in_vain())
        say_(fmt::format("is far behind, at position {}: asks the other servers for a snapshot",
                         service_.position().value()));
    snapshot_fetch_.begin(now);
}

void Server::install_loaded(Time now) {
    near_at_ = now;  // what is still missing has its time to come
    std::string fault;
    auto state = loader_.take(fault);
    if (!state) return refuse(fault, now);
    if (const std::string_view why = why_not(*state); !why.empty()) {
        loader_.dispose(std::move(*state));
        return refuse(why, now);
    }
    install(std::move(*state), now);
}

// Empty: it can be installed.
std::string_view Server::why_not(const State& state) {
    if (state.next <= runtime_.host().role<Learner>()->delivered_below())
        return "it knows no more than this server";
    if (knows_less(state, service_.state(), session_.id())) return "it does not know what was answered here";
    return {};
}

void Server::refuse(std::string_view why, Time now) {
    if (!snapshot_fetch_.comes_in_vain())
        say_(fmt::format("a snapshot from another server is of no use: {}; asks again, now and then", why));
    snapshot_fetch_.was_of_no_use(now);
}

void Server::install(State state, Time now) {
    runtime_.host().role<Learner>()->skip_to(state.next, now);
    lose_below(state.delivery.sessions().next(session_.id()));
    loader_.dispose(service_.exchange(std::move(state)));
    snapshot_fetch_.end();
    say_(fmt::format("has caught up by a snapshot, and goes on at position {}", service_.position().value()));
    if (++snapshots_in_a_row_ == kSnapshotsMany)
        say_(
            "what is written while a snapshot is on its way does not fit into the history of the others: "
            "start the servers with a larger --history, or write more slowly");
}

void Server::flush_log() {
    if (!log_) return;
    if (const auto what = log_->flush()) say_(*what);
}

void Server::tell_news(Time now) {
    if (snapshot_fetch_.is_under_way() || loader_.is_busy()) majority_.excuse(now);
    majority_.look(*runtime_.host().role<Learner>(), now);
    if (const auto line = majority_.news(now)) say_(std::string(*line));
    if (const auto line = strangers_.look(runtime_.host().decoder())) say_(*line);
    tell_leader();
}

void Server::tell_leader() {
    const std::uint16_t leader = leader_of(*runtime_.host().role<Proposer>(), options_.sids.size());
    if (leader == leader_told_) return;
    const bool led = std::exchange(leader_told_, leader) == options_.runtime.id;
    if (leader == options_.runtime.id)
        say_("leads");
    else if (leader != 0)
        say_(fmt::format("follows server {}", options_.sids[leader - 1U]));
    else if (led)
        say_("leads no more");
}

}  // namespace synod::server
