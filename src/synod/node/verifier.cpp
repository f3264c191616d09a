#include "synod/node/verifier.hpp"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include "synod/node/hash_of_long.hpp"

namespace synod::node {

namespace {
constexpr std::size_t kInlineBytesMax = XXH3_MIDSIZE_MAX;  // hashed without vectors
}

std::uint64_t Verifier::deliver(std::uint16_t id, Bytes value) {
    Client& client = client_of(id);
    // Chained, value by value: how the values were batched leaves no trace in it. Only the sum and the
    // product wait for the value before, so that a processor can hash several at once.
    const std::uint64_t hash = value.size() > kInlineBytesMax
                                   ? hash_of_long(value, id)
                                   : XXH3_64bits_withSeed(value.data(), value.size(), id);
    hash_ = (hash_ + hash) * 0x9e3779b97f4a7c15 + 1;
    ++client.delivered;
    const std::uint64_t number = client.next;
    if (values_ == Values::generated)
        check(client, value);
    else
        ++client.next;
    return number;
}

Verifier::Client& Verifier::client_of(std::uint16_t id) {
    std::uint32_t& place = place_of_client_[id];
    if (place == kNowhere) {
        place = static_cast<std::uint32_t>(clients_.size());
        clients_.push_back(Client{id, 0, 0, std::nullopt});
    }
    return clients_[place];
}

void Verifier::check(Client& client, Bytes value) {
    if (!client.maker) client.maker.emplace(client.id, value.size());
    if (client.maker->is(client.next, value))
        ++client.next;
    else
        count_fault(client, value);
}

// A value that comes too early counts as misordered once, and the sequence goes on from there.
void Verifier::count_fault(Client& client, Bytes value) {
    const auto number = client.maker->number_in(value);
    if (!number || *number == client.next) {
        ++corrupt_;
        remember("has the wrong bytes", client, value);
        ++client.next;
    } else if (*number < client.next) {
        ++duplicated_;
        remember("comes again", client, value);
    } else {
        ++misordered_;
        remember("comes too early", client, value);
        client.next = *number + 1;
    }
}

void Verifier::remember(const char* what, const Client& client, Bytes value) {
    if (!first_fault_.empty()) return;
    first_fault_ = fmt::format("a value of client {} {}: expected number {}, got {} bytes, '{}'", client.id,
                               what, client.next, value.size(), as_text(value).substr(0, 40));
}

void Verifier::fill(FinalReport& report) const {
    for (const Client& client : clients_)
        report.per_client[client.id] = client.delivered;
    report.hash = hash_;
    report.duplicated = duplicated_;
    report.misordered = misordered_;
    report.corrupt = corrupt_;
}

}  // namespace synod::node
