#include "synod/rsm/once.hpp"

#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

namespace {

constexpr std::uint8_t kKind = 3;
constexpr std::size_t kLastBytesMin = 18;  // in a snapshot
constexpr std::string_view kOlder =
    "-ERR a later command of this client has run; what became of this one is not known any more\r\n";
constexpr std::string_view kForgotten =
    "-ERR nothing is known of this client any more; whether its command has run is not known\r\n";
constexpr std::string_view kTooLarge = "-ERR the command has run; its answer was too large to be kept\r\n";

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

std::optional<std::string_view> LastAnswers::find(const Numbered& numbered) const {
    const auto client = clients_.find(numbered.client);
    if (client == clients_.end()) return numbered.sequence == 1 ? std::nullopt : std::optional(kForgotten);
    const Last& last = client->second;
    if (numbered.sequence > last.sequence) return std::nullopt;
    return numbered.sequence == last.sequence ? std::string_view(last.answer) : kOlder;
}

void LastAnswers::remember(const Numbered& numbered, Position position, std::string_view answer) {
    const auto before = clients_.find(numbered.client);
    if (before != clients_.end()) forget(before);
    add(std::string(numbered.client),
        {numbered.sequence, position, std::string(answer.size() > kAnswerBytesMax ? kTooLarge : answer)});
    while (clients_.size() > kClientsMax || bytes_ > kBytesMax)
        forget(clients_.find(by_use_.begin()->second));
}

void LastAnswers::add(std::string client, Last last) {
    bytes_ += last.answer.size();
    by_use_.emplace(last.position, client);
    clients_.emplace(std::move(client), std::move(last));
}

void LastAnswers::forget(Clients::iterator client) {
    bytes_ -= client->second.answer.size();
    by_use_.erase(client->second.position);
    clients_.erase(client);
}

void LastAnswers::snapshot(std::string& out) const {
    Encoder encoder(out);
    encoder.length(clients_.size());
    for (const auto& [client, last] : clients_) {
        encoder.text(client);
        encoder.integer(last.sequence);
        encoder.integer(last.position.value());
        encoder.text(last.answer);
    }
}

bool LastAnswers::restore(Bytes& snapshot) {
    Decoder decoder(snapshot);
    for (std::size_t left = decoder.count(kLastBytesMin); left > 0 && decoder.well_formed(); --left) {
        std::string client(decoder.text());
        Last last;
        last.sequence = decoder.integer<std::uint64_t>();
        last.position = Position{decoder.integer<std::uint64_t>()};
        last.answer = decoder.text();
        if (clients_.contains(client) || by_use_.contains(last.position)) return false;
        add(std::move(client), std::move(last));
    }
    snapshot = as_bytes(decoder.rest());
    return decoder.well_formed();
}

}  // namespace synod::rsm
