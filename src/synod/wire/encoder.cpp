#include <algorithm>

#include "synod/core/check.hpp"
#include "synod/wire/codec.hpp"
#include "synod/wire/fields.hpp"
#include "synod/wire/header.hpp"
#include "synod/wire/type.hpp"
#include "synod/wire/writer.hpp"

namespace synod::wire {

namespace {

std::size_t votes_bytes(const std::vector<VoteEntry>& votes) {
    std::size_t bytes = 0;
    for (const VoteEntry& vote : votes)
        bytes += kVoteEntryOverhead + vote.v_val.size();
    return bytes;
}

// The most that the head of this message takes.
std::size_t head_bytes_max(const Message& message) {
    if (const auto* promise = std::get_if<Promise>(&message)) {
        return kPromiseOverhead + votes_bytes(promise->votes);
    }
    if (const auto* repair = std::get_if<Repair>(&message)) {
        return kRepairOverhead + votes_bytes(repair->entries);
    }
    if (const auto* checkpoint = std::get_if<Checkpoint>(&message)) {
        return kCheckpointOverhead + kSessionEntryBytes * checkpoint->entries.size();
    }
    return kHeadBytesMax;
}

// What a message says of its sender stands in the header: it must be the same.
struct SpeaksFor {
    const Identity& self;

    bool operator()(const Promise& m) const {
        return m.acceptor.value() == self.id && m.incarnation == self.incarnation;
    }
    bool operator()(const LearnerStatus& m) const { return m.learner.value() == self.id; }
    template <typename M>
    bool operator()(const M& m) const {
        if constexpr (requires { m.acceptor; }) return m.acceptor.value() == self.id;
        return true;
    }
};

Header header_of(const Identity& self, std::uint8_t type, std::size_t length, std::uint32_t sequence) {
    Header header;
    header.type = type;
    header.length = static_cast<std::uint32_t>(length);
    header.role = static_cast<std::uint8_t>(self.role);
    header.id = self.id;
    header.cluster = self.cluster;
    header.run = self.run;
    header.incarnation = self.incarnation.value();
    header.sequence = sequence;
    return header;
}

}  // namespace

Encoded Encoder::encode(const Message& message, Scratch& scratch) {
    SYNOD_CHECK(std::visit(SpeaksFor{identity_}, message));
    std::byte* const head = scratch.reserve(head_bytes_max(message));
    Writer writer(head + kHeaderBytes);
    std::visit([&writer](const auto& m) { fields(writer, m); }, message);

    const Encoded encoded{{head, writer.end()}, writer.rest()};
    SYNOD_CHECK(encoded.size() <= kDatagramBytesMax && encoded.body.size() <= kBatchBytesMax);
    write_header(header_of(identity_, type_of(message), encoded.size(), sequence_++), head);
    store(head + kChecksumOffset, checksum_of(encoded.head, encoded.body));
    scratch.keep(encoded.head.size());
    return encoded;
}

}  // namespace synod::wire
