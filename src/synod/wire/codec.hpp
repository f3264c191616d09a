#pragma once

#include <cstdint>
#include <vector>

#include "synod/core/message.hpp"
#include "synod/wire/refusal.hpp"
#include "synod/wire/scratch.hpp"
#include "synod/wire/sizes.hpp"

// Messages to bytes and back: docs/wire-format.md.

namespace synod::wire {

// Who sends: the part of the header that is the same in every datagram of a process in a role.
struct Identity {
    std::uint64_t cluster = 0;  // which cluster: a hash of its name
    std::uint64_t run = 0;      // which life of the cluster: see DESIGN.md, rule 7 and RunDirectory
    Role role = Role::client;
    std::uint16_t id = 0;
    Incarnation incarnation;
};

// A datagram in two pieces, sent as head then body. The head stands in the scratch memory; the body,
// the batch of a 2A or the run of a Submit (else empty), is the message's own view, not copied.
struct Encoded {
    Bytes head;
    Bytes body;
    [[nodiscard]] std::size_t size() const noexcept { return head.size() + body.size(); }
};

// Writes the datagrams of one process in one role, and numbers them from 0.
class Encoder {
public:
    explicit Encoder(const Identity& identity) noexcept : identity_(identity) {}

    // Stands until scratch.clear(), and as long as what the message views.
    // REQUIRES: a message that the sender's role sends, in its own name (its id, its incarnation, and as
    // a proposer its ballots), of at most kDatagramBytesMax bytes and with batches of at most kBatchBytesMax.
    [[nodiscard]] Encoded encode(const Message& message, Scratch& scratch);

    [[nodiscard]] const Identity& identity() const noexcept { return identity_; }
    [[nodiscard]] std::uint32_t next_sequence() const noexcept { return sequence_; }

private:
    Identity identity_;
    std::uint32_t sequence_ = 0;
};

// A datagram that was taken in.
struct Received {
    Sender sender;
    std::uint32_t sequence = 0;  // the number of this datagram among its sender's, from 0
    Message message;             // byte strings are views of the datagram
};

// Whose datagram was refused as foreign: for a message to people.
struct Foreign {
    std::uint64_t cluster = 0;
    std::uint64_t run = 0;
    Sender sender;
};

// What decode() made of a datagram: a message, or why not.
class Decoded {
public:
    explicit Decoded(const Received& received) noexcept : received_(&received) {}
    explicit Decoded(Refusal refusal) noexcept : refusal_(refusal) {}

    [[nodiscard]] explicit operator bool() const noexcept { return received_ != nullptr; }
    [[nodiscard]] const Received& operator*() const noexcept { return *received_; }
    [[nodiscard]] const Received* operator->() const noexcept { return received_; }
    // REQUIRES: no message.
    [[nodiscard]] Refusal refusal() const noexcept { return refusal_; }

private:
    const Received* received_ = nullptr;
    Refusal refusal_{};
};

// Reads datagrams; never trusts a byte, and counts what it refuses. What it returns a correct process
// may have sent: ranges are sorted and disjoint, votes ascend inside what their page covers, a Submit is
// one well-formed run, and each message comes from a role that sends it.
class Decoder {
public:
    // Takes in what comes from this run of this cluster, whose acceptors are 1..acceptors_max.
    Decoder(std::uint64_t cluster, std::uint64_t run, std::uint16_t acceptors_max) noexcept
        : cluster_(cluster), run_(run), acceptors_max_(acceptors_max) {}

    // The datagram, with or without padding behind it, as it came from `from`. What is returned stands
    // until the next call and as long as the datagram.
    [[nodiscard]] Decoded decode(Bytes datagram, Endpoint from = {});

    [[nodiscard]] const RefusalCounts& refused() const noexcept { return refused_; }
    // Of the last datagram refused as foreign.
    [[nodiscard]] const Foreign& last_foreign() const noexcept { return foreign_; }

private:
    Decoded refuse(Refusal refusal) noexcept;
    void open(std::size_t alternative);  // makes received_.message that alternative, empty

    std::uint64_t cluster_;
    std::uint64_t run_;
    std::uint16_t acceptors_max_;
    Received received_;
    std::vector<VoteEntry> spare_;  // the votes of the last page, to be used again
    RefusalCounts refused_;
    Foreign foreign_;
};

}  // namespace synod::wire
