#include "synod/rsm/operation.hpp"

#include "synod/rsm/encoding.hpp"

namespace synod::rsm {

namespace {

void encode_command(Encoder& encoder, Arguments command) {
    encoder.length(command.size());
    for (const std::string_view word : command)
        encoder.text(word);
}

void encode_head(Encoder& encoder, Operation::Kind kind, Protocol protocol) {
    encoder.integer(static_cast<std::uint8_t>(kind));
    encoder.integer(static_cast<std::uint8_t>(protocol));
}

}  // namespace

bool Operation::decode(Bytes bytes) {
    watched.clear();
    words_.clear();
    ends_.clear();

    Decoder decoder(bytes);
    kind = Kind{decoder.integer<std::uint8_t>()};
    protocol = Protocol{decoder.integer<std::uint8_t>()};
    if (protocol != Protocol::resp2 && protocol != Protocol::resp3) return false;
    if (kind == Kind::refusal) return decoder.complete();
    if (kind != Kind::command && kind != Kind::transaction) return false;

    std::size_t commands = 1;
    if (kind == Kind::transaction) {
        for (std::size_t left = decoder.count(9); left > 0 && decoder.well_formed(); --left) {
            const std::string_view key = decoder.text();
            watched.push_back({key, decoder.integer<std::uint64_t>()});
        }
        commands = decoder.count(2);
    }
    for (; commands > 0 && decoder.well_formed(); --commands) {
        std::size_t words = decoder.count(1);
        if (words == 0) return false;
        for (; words > 0; --words)
            words_.push_back(decoder.text());
        ends_.push_back(words_.size());
    }
    return decoder.complete();
}

std::string_view first_argument(Bytes operation) noexcept {
    Decoder decoder(operation);
    const Operation::Kind kind{decoder.integer<std::uint8_t>()};
    static_cast<void>(decoder.integer<std::uint8_t>());
    if (kind != Operation::Kind::command || decoder.length() < 2) return {};
    static_cast<void>(decoder.text());
    return decoder.text();
}

Arguments Operation::command(std::size_t number) const noexcept {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return Arguments(words_).subspan(begin, ends_[number] - begin);
}

void encode_operation(std::string& out, Protocol protocol, Arguments command) {
    Encoder encoder(out);
    encode_head(encoder, Operation::Kind::command, protocol);
    encode_command(encoder, command);
}

void encode_nothing(std::string& out) {
    TransactionQueue{}.encode(out, Protocol::resp2, {});
}

void encode_refusal(std::string& out) {
    Encoder encoder(out);
    encode_head(encoder, Operation::Kind::refusal, Protocol::resp2);
}

void TransactionQueue::add(Arguments command) {
    Encoder encoder(commands_);
    encode_command(encoder, command);
    ++size_;
}

void TransactionQueue::clear() {
    size_ = 0;
    commands_ = {};
}

void TransactionQueue::encode(std::string& out, Protocol protocol,
                              const std::vector<std::pair<std::string, std::uint64_t>>& watched) const {
    Encoder encoder(out);
    encode_head(encoder, Operation::Kind::transaction, protocol);
    encoder.length(watched.size());
    for (const auto& [key, version] : watched) {
        encoder.text(key);
        encoder.integer(version);
    }
    encoder.length(size_);
    out.append(commands_);
}

}  // namespace synod::rsm
