#include "synod/core/admission.hpp"

#include <algorithm>

namespace synod {

namespace {
constexpr Duration kForgetAfter = milliseconds(10'000);
}

void Admission::begin(const Sessions& decided) {
    admitted_ = decided;
    clients_.clear();
    acks_due_.clear();
    acks_deadline_ = kNever;
    turns_ = Turns(options_.turns);
}

void Admission::offer(const Run& run, Endpoint endpoint, Time now, Batcher& batcher, InstanceLog& log) {
    Client& client = clients_[run.session()];
    client.endpoint = endpoint;
    client.heard = now;
    if (admit(run, client, now, batcher, log)) {
        if (!client.early.empty()) admit_early(client, now, batcher, log);
        if (!client.early.empty()) ack_now(run.session(), client);
        return;
    }
    if (run.first() > admitted_.next(run.session())) keep_early(client, run);
    ack_now(run.session(), client);  // a repeat: an acknowledgement was lost
}

bool Admission::admit(const Run& run, Client& client, Time now, Batcher& batcher, InstanceLog& log) {
    const Sessions::Taken taken = admitted_.take(run);
    if (taken.count == 0) return false;
    batcher.add(run, taken.skip, now, log);
    turns_.note_used(run.session(), run.cost());
    client.round_bytes += run.cost();
    if (client.round_bytes > credit_least() / 2) turns_.want(run.session());
    return true;
}

void Admission::keep_early(Client& client, const Run& run) const {
    const auto at = std::partition_point(client.early.begin(), client.early.end(),
                                         [&](const Waiting& w) { return w.first < run.first(); });
    if (at != client.early.end() && at->first == run.first()) return;
    if (client.early_bytes + run.encoded().size() > 2 * std::size_t{options_.credit_max}) return;
    client.early_bytes += run.encoded().size();
    client.early.insert(at, Waiting{run.first(), {run.encoded().begin(), run.encoded().end()}});
}

void Admission::admit_early(Client& client, Time now, Batcher& batcher, InstanceLog& log) {
    auto at = client.early.begin();
    for (; at != client.early.end(); ++at) {
        const auto run = read_single_run(at->run);
        if (run->first() > admitted_.next(run->session())) break;
        admit(*run, client, now, batcher, log);
        client.early_bytes -= at->run.size();
    }
    client.early.erase(client.early.begin(), at);
}

void Admission::note_delivered(Bytes batch, Time now) {
    RunReader reader(batch);
    while (const auto run = reader.next()) {
        const auto at = clients_.find(run->session());
        if (at == clients_.end()) continue;
        Client& client = at->second;
        if (client.untold_bytes == 0) client.untold_since = now;
        client.untold_bytes += run->cost();
        note_ack(at->first, client);
    }
}

void Admission::note_ack(SessionId session, Client& client) {
    if (client.ack_due) return;
    client.ack_due = true;
    acks_due_.push_back(session);
}

void Admission::ack_now(SessionId session, Client& client) {
    client.ack_now = true;
    note_ack(session, client);
}

void Admission::flush(const Sessions& decided, std::uint64_t under_way_bytes, Ballot ballot, Time now,
                      Outbox& outbox) {
    for (const SessionId session : acks_due_) {
        const auto at = clients_.find(session);
        if (at != clients_.end()) end_round(session, at->second, decided);
    }
    turns_.pass_on(
        now, under_way_bytes,
        [this](SessionId session) {
            const auto at = clients_.find(session);
            if (at != clients_.end()) ack_now(session, at->second);
        },
        [&](SessionId session) { return decided.next(session) == admitted_.next(session); });
    acks_deadline_ = kNever;
    std::erase_if(acks_due_, [&](SessionId session) {
        const auto at = clients_.find(session);
        if (at == clients_.end()) return true;
        if (is_ripe(session, at->second, decided, now)) {
            send_ack(session, at->second, decided, ballot, outbox);
            return true;
        }
        acks_deadline_ = std::min(acks_deadline_, at->second.untold_since + options_.ack_delay);
        return false;
    });
}

bool Admission::is_ripe(SessionId session, const Client& client, const Sessions& decided, Time now) const {
    if (client.ack_now || decided.next(session) == admitted_.next(session)) return true;
    const std::uint32_t credit = credit_of(session);
    const std::uint32_t enough = credit == 0 ? options_.ack_bytes : std::min(options_.ack_bytes, credit / 2);
    return client.untold_bytes >= enough || now >= client.untold_since + options_.ack_delay;
}

void Admission::end_round(SessionId session, Client& client, const Sessions& decided) {
    if (decided.next(session) < client.round_end) return;
    client.round_bytes = 0;
    client.round_end = admitted_.next(session);
}

void Admission::send_ack(SessionId session, Client& client, const Sessions& decided, Ballot ballot,
                         Outbox& outbox) {
    client.ack_due = client.ack_now = false;
    client.untold_bytes = 0;
    const PieceNumber admitted = admitted_.next(session);
    const PieceNumber gap_end = client.early.empty() ? admitted : client.early.front().first;
    outbox.send(Destination::to_process(client.endpoint),
                Ack{session, decided.next(session), admitted, gap_end, credit_of(session), ballot});
}

std::uint32_t Admission::credit_least() const noexcept {
    return std::min(options_.credit_min, options_.credit_max);
}

std::uint32_t Admission::credit_of(SessionId session) const noexcept {
    if (turns_.must_wait(session)) return 0;
    if (!turns_.has_turn(session)) return credit_least();
    return std::clamp(options_.credit_total / turns_.shares(), credit_least(), options_.credit_max);
}

void Admission::tick(Time now) {
    std::erase_if(clients_,
                  [now](const auto& entry) { return now.since(entry.second.heard) > kForgetAfter; });
}

}  // namespace synod
