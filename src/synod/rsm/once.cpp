#include "synod/rsm/once.hpp"

#include "synod/core/check.hpp"
#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

namespace {

constexpr std::uint8_t kKind = 3;
constexpr std::size_t kLastBytesMin = 18;  // in a snapshot
constexpr std::string_view kOlder =
    "-ERR a later command of this client has run; what became of this one is not known any more\r\n";
constexpr std::string_view kForgotten =
    "-ERR nothing is known of this client any more; whether its command has run is not known\r\n";
constexpr std::string_view kTableFull =
    "-ERR too many clients have numbered their commands of late; this command has not been run: wait up to "
    "60 s\r\n";
constexpr std::string_view kNotKept =
    "-ERR the command has run; its answer was too large to be kept, or is not kept any more\r\n";
static_assert(kForgotten.substr(1).starts_with(kOnceForgotten));

// Unsigned, so that no time that a snapshot brings can overflow.
std::uint64_t ms_between(UnixTime earlier, UnixTime later) {
    return static_cast<std::uint64_t>(later.ms) - static_cast<std::uint64_t>(earlier.ms);
}

}  // namespace

void encode_once(std::string& out, const Numbered& numbered) {
    Encoder encoder(out);
    encoder.integer(kKind);
    encoder.text(numbered.client);
    encoder.integer(numbered.sequence);
}

std::optional<Numbered> take_once(Bytes& command) {
    if (command.empty() || command[0] != std::byte{kKind}) return std::nullopt;
    Decoder decoder(command.subspan(1));
    Numbered numbered;
    numbered.client = decoder.text();
    numbered.sequence = decoder.integer<std::uint64_t>();
    const Bytes rest = as_bytes(decoder.rest());
    if (!decoder.complete() || numbered.client.size() > kOnceClientBytesMax) return std::nullopt;
    command = rest;
    return numbered;
}

std::optional<std::string_view> LastAnswers::find(const Numbered& numbered, UnixTime now) const {
    const auto client = clients_.find(numbered.client);
    if (client == clients_.end()) {
        if (numbered.sequence != 1) return kForgotten;
        return has_room(now) ? std::nullopt : std::optional(kTableFull);
    }
    const Last& last = client->second;
    if (numbered.sequence > last.sequence) return std::nullopt;
    if (numbered.sequence < last.sequence) return kOlder;
    return last.answer ? std::string_view(*last.answer) : kNotKept;
}

// For a new client.
bool LastAnswers::has_room(UnixTime now) const {
    if (clients_.size() < kClientsMax) return true;
    const Last& oldest = clients_.find(by_use_.begin()->second)->second;
    return ms_between(oldest.time, now) >= kKeptMs;
}

void LastAnswers::remember(const Numbered& numbered, UnixTime now, std::string_view answer) {
    const auto before = clients_.find(numbered.client);
    if (before != clients_.end()) forget(before);
    while (clients_.size() >= kClientsMax)
        forget(clients_.find(by_use_.begin()->second));
    Last last{numbered.sequence, 0, now, std::nullopt};
    if (answer.size() <= kAnswerBytesMax) last.answer = answer;
    add(std::string(numbered.client), std::move(last));
    while (bytes_ > kBytesMax)
        drop_answer(clients_.find(by_use_.at(*answered_.begin()))->second);
}

void LastAnswers::add(std::string client, Last last) {
    last.use = ++uses_;
    if (last.answer) {
        bytes_ += last.answer->size();
        answered_.insert(last.use);
    }
    by_use_.emplace(last.use, client);
    clients_.emplace(std::move(client), std::move(last));
}

void LastAnswers::forget(Clients::iterator client) {
    drop_answer(client->second);
    by_use_.erase(client->second.use);
    clients_.erase(client);
}

void LastAnswers::drop_answer(Last& last) {
    if (!last.answer) return;
    bytes_ -= last.answer->size();
    answered_.erase(last.use);
    last.answer.reset();
}

void LastAnswers::snapshot(std::string& out) const {
    Encoder encoder(out);
    encoder.length(clients_.size());
    for (const auto& [use, client] : by_use_) {
        const Last& last = clients_.find(client)->second;
        encoder.text(client);
        encoder.integer(last.sequence);
        encoder.signed_integer(last.time.ms);
        encoder.integer(static_cast<std::uint8_t>(last.answer.has_value()));
        if (last.answer) encoder.text(*last.answer);
    }
}

bool LastAnswers::restore(Bytes& snapshot) {
    Decoder decoder(snapshot);
    for (std::size_t left = decoder.count(kLastBytesMin); left > 0 && decoder.well_formed(); --left) {
        std::string client(decoder.text());
        Last last;
        last.sequence = decoder.integer<std::uint64_t>();
        last.time = UnixTime{decoder.signed_integer()};
        const auto answers = decoder.integer<std::uint8_t>();
        if (answers == 1) last.answer = decoder.text();
        if (answers > 1 || clients_.contains(client)) return false;
        add(std::move(client), std::move(last));
    }
    snapshot = as_bytes(decoder.rest());
    return decoder.well_formed();
}

void LastAnswers::check_invariants() const {
    SYNOD_CHECK(by_use_.size() == clients_.size());  // L1
    std::size_t answered = 0;
    std::size_t bytes = 0;
    for (const auto& [client, last] : clients_) {
        const auto use = by_use_.find(last.use);
        SYNOD_CHECK(use != by_use_.end() && use->second == client);  // L1
        SYNOD_CHECK(last.answer.has_value() == answered_.contains(last.use));
        answered += last.answer ? 1 : 0;
        bytes += last.answer ? last.answer->size() : 0;
    }
    SYNOD_CHECK(answered == answered_.size() && bytes == bytes_);
}

}  // namespace synod::rsm
