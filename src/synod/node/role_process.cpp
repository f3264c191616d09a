#include "synod/node/role_process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "synod/host/groups.hpp"
#include "synod/node/clock.hpp"
#include "synod/node/failure.hpp"
#include "synod/node/random_bits.hpp"
#include "synod/node/sizing.hpp"

namespace synod::node {

namespace {

constexpr Duration kReignInterval = milliseconds(20);  // between two reigns worth a report

// Between two lines of progress. There may be many clients, and nobody waits for what one of them says.
Duration progress_interval(Role role) {
    return milliseconds(role == Role::client ? 100 : 20);
}

RunEntry run_entry(const Options& options) {
    return {.base = {},
            .cluster = options.cluster,
            .fixed_run = options.run,
            .role = std::string(name_of(options.role)),
            .id = options.id,
            .leaves_mark = options.role == Role::acceptor};
}

net::NetworkOptions network_options(const Options& options) {
    net::NetworkOptions network;
    network.interface = options.interface;
    network.receive_buffer_bytes = options.receive_buffer_bytes;
    const auto join = [&](Role group) {
        network.groups.push_back(to_address(options.groups[static_cast<std::size_t>(group)]));
    };
    join(options.role);
    for (const Role group : host::kGroups)
        if (group != options.role && host::hears(options.role, group)) join(group);
    return network;
}

std::optional<net::FaultyArrival> faulty_arrival(const Options& options) {
    const Faults& faults = options.faults;
    const std::uint64_t receiver = static_cast<std::uint64_t>(options.role) << 16 | options.id;
    const net::FaultInjection injection({faults.loss, faults.duplicate, faults.reorder}, faults.seed,
                                        receiver);
    return injection.active() ? std::optional(net::FaultyArrival(injection)) : std::nullopt;
}

void say(const Options& options, std::string_view text) {
    fmt::print(stderr, "synod {} {}: {}\n", name_of(options.role), options.id, text);
}

}  // namespace

RoleProcess::RoleProcess(const Options& options)
    : options_(options),
      poller_(Poller::Signals::taken),
      run_directory_(RunDirectory::enter(run_entry(options))),
      network_(network_options(options)),
      transport_(network_, options.groups),
      rest_(network_.receive_buffer_bytes(), kBuffersAtOnce),
      reporter_(options.report_fd, progress_interval(options.role)),
      faults_(faulty_arrival(options)),
      header_reader_(cluster_hash(options.cluster), run_directory_.run(),
                     static_cast<std::uint16_t>(options.acceptors)),
      watch_(options.debug, [&options = options_](const std::string& line) { say(options, line); }) {
    if (!network_.warning().empty()) say(options_, network_.warning());
    if (options.stamps_fd >= 0) {
        auto stamps = Stamps::open(options.stamps_fd);
        if (!stamps) throw std::system_error(errno, std::generic_category(), "--stamps-fd");
        stamps_ = std::move(*stamps);
    }
    if (options.role == Role::learner) open_output();
    if (options.role == Role::client) open_input();
    if (!options.trace_file.empty()) open_trace();
    add_role(now());
    for (const int fd : network_.descriptors())
        poller_.add(fd);
}

void RoleProcess::open_output() {
    const bool counts = options_.verify || reporter_.listening();
    const auto values = options_.verify ? Verifier::Values::generated : Verifier::Values::any;
    output_ = std::make_unique<Output>(options_.verify ? -1 : STDOUT_FILENO, counts, values, stamps_);
}

void RoleProcess::open_input() {
    if (options_.generate) {
        input_ = std::make_unique<GeneratedInput>(*options_.generate, options_.id, stamps_);
    } else {
        input_ = std::make_unique<LineInput>(STDIN_FILENO, options_.lines_per_second, options_.id, stamps_);
    }
}

void RoleProcess::open_trace() {
    const ProcessTrace::Identity identity{.who = {options_.role, options_.id, false},
                                          .cluster = cluster_hash(options_.cluster),
                                          .run = run_directory_.run(),
                                          .acceptors = static_cast<std::uint16_t>(options_.acceptors)};
    trace_ = std::make_unique<ProcessTrace>(options_.trace_file, identity, transport_, output_.get());
}

void RoleProcess::add_role(Time now) {
    const host::Host::Options host{.cluster = cluster_hash(options_.cluster),
                                   .run = run_directory_.run(),
                                   .acceptors = options_.acceptors,
                                   .incarnation = Incarnation{random_bits()},
                                   .pid = static_cast<std::uint32_t>(::getpid())};
    host_ = trace_ ? std::make_unique<host::Host>(host, *trace_, trace_.get())
                   : std::make_unique<host::Host>(host, transport_, output_.get());
    const Sizing sizing(network_.mtu(), network_.receive_buffer_bytes(), options_);
    const bool observes = !run_directory_.first_life();
    sizing.seat(*host_, options_.role, host.incarnation, observes, now);
    if (observes) say_observer();
}

void RoleProcess::say_observer() const {
    say(options_,
        fmt::format("an acceptor {} has lived in this run before, and its votes died with it. This one is an "
                    "observer: it serves decided values and never votes. To have it vote again, stop every "
                    "process of the cluster on this host and start them anew{}",
                    options_.id, options_.run ? ", with another `run N` in the configuration" : ""));
}

int RoleProcess::run() {
    if (trace_) trace_->start(*host_, run_directory_.first_life() ? "" : "as an observer");
    host_->start(now());
    reporter_.ready();
    while (!poller_.told_to_stop() && !is_done()) {
        watch_input();
        const auto readable = poller_.wait(now(), deadline(), is_in_a_hurry() ? Time{} : rest_.until());
        const Time at = now();
        receive_all(readable, at);
        rest_.looked(network_.received(), at);
        pump_input(readable, at);
        step(at);
        if (const auto what = failure(at)) {
            say(options_, *what);
            finish();
            return 1;
        }
    }
    finish();
    return 0;
}

void RoleProcess::receive_all(std::span<const int> readable, Time now) {
    for (const int fd : readable) {
        if (fd != watched_input_) receive(fd, now);
    }
    if (!faults_) return;
    faults_->release_due(now.ns, [&](Bytes datagram, net::Address from) { take(datagram, from, now); });
}

void RoleProcess::pump_input(std::span<const int> readable, Time now) {
    if (!input_ || input_->exhausted()) return;
    const bool waits = input_->fd() >= 0;
    if (waits && std::find(readable.begin(), readable.end(), watched_input_) == readable.end()) return;
    input_->pump(*host_->role<Client>(), now);
}

void RoleProcess::receive(int fd, Time now) {
    network_.drain(fd, kBuffersAtOnce, [&](Bytes datagram, net::Address from) {
        if (faults_) return arrive(datagram, from, now);
        take(datagram, from, now);
    });
}

// As fault injection has it.
void RoleProcess::arrive(Bytes datagram, net::Address from, Time now) {
    const wire::Decoded decoded = header_reader_.decode(datagram);
    if (!decoded) return take(datagram, from, now);
    const std::uint64_t sender = static_cast<std::uint64_t>(decoded->sender.role) << 16 | decoded->sender.id;
    const std::uint64_t dropped = faults_->counters().dropped;
    faults_->arrive(sender, decoded->sequence, datagram, from, now.ns,
                    [&](Bytes arrived, net::Address sent_from) { take(arrived, sent_from, now); });
    if (trace_ && faults_->counters().dropped > dropped) trace_->lost(datagram);
}

void RoleProcess::take(Bytes datagram, net::Address from, Time now) {
    if (trace_) return trace_->receive(datagram, to_endpoint(from), now);
    host_->receive(datagram, to_endpoint(from), now);
}

void RoleProcess::step(Time now) {
    if (now >= host_->deadline()) host_->tick(now);
    host_->flush(now);
    if (const Client* client = host_->role<Client>()) note_progress(*client, now);
    if (trace_) trace_->stepped();
    if (output_) output_->flush(poller_);
    watch_.look(*host_, now);
    report(now);
}

Time RoleProcess::deadline() const {
    Time until = std::min(host_->deadline(), Time{reporter_.due_ns()});
    if (faults_) until = std::min(until, Time{faults_->deadline_ns()});
    if (input_ && !input_->exhausted()) until = std::min(until, input_->deadline(*host_->role<Client>()));
    return until;
}

// Nobody waits for a proposer that follows.
bool RoleProcess::is_in_a_hurry() const {
    const Proposer* proposer = host_->role<Proposer>();
    return proposer == nullptr || !proposer->is_following();
}

// Input is looked at only while the client has room for it: that is what holds its writer back.
void RoleProcess::watch_input() {
    if (!input_) return;
    const int wanted = host_->role<Client>()->has_room() ? input_->fd() : -1;
    if (wanted == watched_input_) return;
    if (watched_input_ >= 0) poller_.remove(watched_input_);
    if (wanted >= 0) poller_.add(wanted);
    watched_input_ = wanted;
}

void RoleProcess::note_progress(const Client& client, Time now) {
    for (std::uint64_t n = client_progress_.decided; n < client.values_decided(); ++n) {
        if (!Stamps::sampled(n)) continue;
        if (const auto submitted_ns = stamps_.read(options_.id, n)) {
            client_latency_.record(now.ns - *submitted_ns);
            client_timeline_.record_latency(now.ns, now.ns - *submitted_ns);
        }
    }
    if (client_progress_.first_ns == 0 && client.values_written() > 0) client_progress_.first_ns = now.ns;
    if (client.values_decided() > client_progress_.decided) {
        client_progress_.last_ns = now.ns;
        client_timeline_.record(now.ns, client.values_decided() - client_progress_.decided);
    }
    client_progress_.decided = client.values_decided();
    client_progress_.submitted = client.values_written();
    client_progress_.bytes = input_->bytes();
}

void RoleProcess::report(Time now) {
    if (!reporter_.listening()) return;
    if (input_) reporter_.progress(client_progress_, now.ns);
    if (output_) reporter_.progress(output_->progress(), now.ns);
    if (const Proposer* proposer = host_->role<Proposer>()) note_reign(*proposer, now);
}

// Without proactive phase 1 every instance is a reign.
void RoleProcess::note_reign(const Proposer& proposer, Time now) {
    const bool begins = proposer.is_leading() && !leads_;
    leads_ = proposer.is_leading();
    if (!begins || now.since(reign_said_) < kReignInterval) return;
    reign_said_ = now;
    reporter_.happened(now.ns, "leads");
}

bool RoleProcess::is_done() const {
    return input_ && input_->exhausted() && host_->role<Client>()->all_decided();
}

std::optional<std::string> RoleProcess::failure(Time now) {
    const std::string who = fmt::format("{} {}", name_of(options_.role), options_.id);
    if (auto what = failure_of(*host_, who, now)) return what;
    if (output_ && !output_->first_fault().empty()) {
        reporter_.violation(output_->first_fault());
        return output_->first_fault();
    }
    return std::nullopt;
}

void RoleProcess::finish() {
    if (!reporter_.listening()) return;
    reporter_.final(final_report());
}

FinalReport RoleProcess::final_report() const {
    FinalReport final_report = output_ ? output_->final_report() : FinalReport{};
    if (input_) {
        final_report.progress = client_progress_;
        final_report.latency = client_latency_;
        final_report.timeline = client_timeline_;
    }
    auto& counters = final_report.counters;
    const wire::RefusalCounts& refused = host_->decoder().refused();
    for (std::size_t k = 0; k < wire::kRefusals; ++k) {
        const auto reason = static_cast<wire::Refusal>(k);
        if (refused.of(reason) > 0)
            counters[fmt::format("refused: {}", wire::name(reason))] = refused.of(reason);
    }
    const Losses losses = host_->losses();
    if (losses.overflowed > 0) counters["overflowed"] = losses.overflowed;
    if (losses.truncated > 0) counters["truncated"] = losses.truncated;
    if (losses.unsent > 0) counters["unsent"] = losses.unsent;
    if (const Proposer* proposer = host_->role<Proposer>()) counters["elections"] = proposer->elections();
    if (const Acceptor* acceptor = host_->role<Acceptor>()) counters["conflicts"] = acceptor->conflicts();
    return final_report;
}

int run_role(const Options& options) {
    try {
        return RoleProcess(options).run();
    } catch (const std::exception& error) {
        say(options, error.what());
        return 1;
    }
}

}  // namespace synod::node
