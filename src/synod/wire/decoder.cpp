#include <optional>
#include <utility>

#include "synod/wire/codec.hpp"
#include "synod/wire/fields.hpp"
#include "synod/wire/header.hpp"
#include "synod/wire/possible.hpp"
#include "synod/wire/reader.hpp"
#include "synod/wire/type.hpp"

namespace synod::wire {

namespace {

// Is this a whole datagram of this format, as its sender made it?
std::optional<Refusal> check_envelope(const Header& header, Bytes datagram) {
    if (header.magic != kMagic) return Refusal::bad_magic;
    if (header.version != kVersion) return Refusal::wrong_version;
    if (header.length < kHeaderBytes || header.length > datagram.size()) return Refusal::bad_length;
    if (checksum_of(datagram.first(header.length)) != header.checksum) return Refusal::bad_checksum;
    if (header.role >= kRoles || header.flags != 0 || header.reserved != 0) return Refusal::bad_header;
    return std::nullopt;
}

Sender sender_of(const Header& header, Endpoint from) {
    return {static_cast<Role>(header.role), header.id, Incarnation{header.incarnation}, from};
}

// The fields that stand in the header and not in the body.
struct FillIn {
    const Sender& sender;

    void operator()(LearnerStatus& m) const { m.learner = LearnerId{sender.id}; }
    template <typename M>
    void operator()(M& m) const {
        if constexpr (requires { m.acceptor; }) m.acceptor = AcceptorId{sender.id};
        if constexpr (requires { m.incarnation; }) m.incarnation = sender.incarnation;
    }
};

template <std::size_t... kIndex>
void emplace(Message& message, std::size_t alternative, std::index_sequence<kIndex...>) {
    static_cast<void>(((kIndex == alternative && (message.emplace<kIndex>(), true)) || ...));
}

std::vector<VoteEntry>* votes_in(Message& message) {
    if (auto* promise = std::get_if<Promise>(&message)) return &promise->votes;
    if (auto* repair = std::get_if<Repair>(&message)) return &repair->entries;
    return nullptr;
}

}  // namespace

Decoded Decoder::decode(Bytes datagram, Endpoint from) {
    if (datagram.size() < kHeaderBytes) return refuse(Refusal::too_short);
    const Header header = read_header(datagram.data());
    if (const auto refusal = check_envelope(header, datagram)) return refuse(*refusal);
    if (header.cluster != cluster_ || header.run != run_) {
        foreign_ = {header.cluster, header.run, sender_of(header, from)};
        return refuse(header.cluster != cluster_ ? Refusal::foreign_cluster : Refusal::foreign_run);
    }
    if (header.type == 0 || header.type > kTypes) return refuse(Refusal::unknown_type);

    received_.sender = sender_of(header, from);
    received_.sequence = header.sequence;
    open(header.type - 1U);
    Reader reader(datagram.subspan(kHeaderBytes, header.length - kHeaderBytes));
    std::visit([&reader](auto& m) { fields(reader, m); }, received_.message);
    if (!reader.complete()) return refuse(Refusal::malformed);
    std::visit(FillIn{received_.sender}, received_.message);
    if (!possible(received_.sender, received_.message, acceptors_max_)) return refuse(Refusal::impossible);
    return Decoded(received_);
}

Decoded Decoder::refuse(Refusal refusal) noexcept {
    refused_.count(refusal);
    return Decoded(refusal);
}

void Decoder::open(std::size_t alternative) {
    if (auto* votes = votes_in(received_.message)) spare_ = std::move(*votes);
    emplace(received_.message, alternative, std::make_index_sequence<kTypes>{});
    if (auto* votes = votes_in(received_.message)) {
        *votes = std::move(spare_);
        votes->clear();
    }
}

}  // namespace synod::wire
