#include "synod/server/server.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <utility>

#include "synod/node/clock.hpp"

namespace synod::server {

namespace {

rsm::UnixTime unix_time() {
    using std::chrono::milliseconds;
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<milliseconds>(since_1970).count()};
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

}  // namespace

// The listeners come before the runtime: who cannot have its addresses must not leave a mark.
Server::Server(Options options, Say say)
    : options_(std::move(options)),
      say_(std::move(say)),
      signals_(node::Poller::Signals::taken),
      facts_(options_),
      connections_(listen(options_.listen), options_.clients, facts_),
      log_(open_log(options_.log)),
      runtime_(options_.runtime, &service_),
      session_(*runtime_.host().role<Client>()) {
    facts_.look_at(runtime_.host(), service_, connections_, runtime_.observes());
    service_.on_answer([this](SessionId session, std::string_view reply) { answer(session, reply); });
    if (log_) service_.write_to(*log_);
    runtime_.watch(signals_.fd());
    runtime_.watch(connections_.fd());
}

void Server::run() {
    if (runtime_.observes())
        say_(
            "was here before, and its votes died with it: it observes, which is to serve and to forward, and "
            "not to vote. To have it vote again, stop all servers and start them anew");
    runtime_.start();
    while (!signals_.told_to_stop())
        turn();
}

void Server::turn() {
    const Time now = runtime_.receive(deadline());
    static_cast<void>(signals_.wait(now, now));
    connections_.receive();
    take_requests(now);
    runtime_.step(now);
    connections_.send();
    flush_log();
    tell_news();
    if (const auto what = runtime_.failure(now)) throw std::runtime_error(*what);
}

Time Server::deadline() const {
    const bool busy = connections_.has_work(session_.has_room()) || session_.has_work();
    return busy ? Time{} : kNever;
}

void Server::take_requests(Time now) {
    session_.go_on(now);
    if (!session_.has_room()) return;
    const rsm::UnixTime proposed = unix_time();
    connections_.take([&](Connections::Ticket ticket, rsm::Connection::Request& request) {
        session_.submit(ticket, request.operation, proposed, now);
        return session_.has_room();
    });
}

void Server::answer(SessionId session, std::string_view reply) {
    if (session == session_.id()) connections_.answer(session_.decided(), reply);
}

void Server::flush_log() {
    if (!log_) return;
    if (const auto what = log_->flush()) say_(*what);
}

void Server::tell_news() {
    const std::uint16_t leader = leader_of(*runtime_.host().role<Proposer>());
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
