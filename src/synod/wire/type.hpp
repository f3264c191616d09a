#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "synod/core/message.hpp"

namespace synod::wire {

// The type of a message in the header: its place in the list of messages, from 1. Pinned here, because
// the wire must not change when the list is put in another order.
inline constexpr std::size_t kTypes = std::variant_size_v<Message>;

template <std::uint8_t kType, typename M>
inline constexpr bool kTypeIs = std::is_same_v<std::variant_alternative_t<kType - 1, Message>, M>;

static_assert(kTypeIs<1, Submit> && kTypeIs<2, Ack> && kTypeIs<3, Prepare> && kTypeIs<4, Promise>);
static_assert(kTypeIs<5, Accept> && kTypeIs<6, Accepted> && kTypeIs<7, Nack> && kTypeIs<8, Beacon>);
static_assert(kTypeIs<9, RepairRequest> && kTypeIs<10, Repair> && kTypeIs<11, LearnerStatus>);
static_assert(kTypeIs<12, Hello> && kTypeIs<13, Taken>);
static_assert(kTypeIs<14, CheckpointRequest> && kTypeIs<15, Checkpoint> && kTypeIs<16, Heartbeat>);
static_assert(kTypeIs<17, Echo> && kTypeIs<18, Ping> && kTypeIs<19, Election> && kTypeIs<20, Answer>);
static_assert(kTypeIs<21, Coordinator> && kTypeIs<22, StatusRequest> && kTypeIs<23, ProposerReport>);
static_assert(kTypeIs<24, AcceptorReport> && kTypeIs<25, LearnerReport>);
static_assert(kTypeIs<26, ReadQuery> && kTypeIs<27, ReadIndex> && kTypes == 27);

inline constexpr std::array<std::string_view, kTypes + 1> kTypeNames{"?",
                                                                     "Submit",
                                                                     "Ack",
                                                                     "Prepare",
                                                                     "Promise",
                                                                     "Accept",
                                                                     "Accepted",
                                                                     "Nack",
                                                                     "Beacon",
                                                                     "RepairRequest",
                                                                     "Repair",
                                                                     "LearnerStatus",
                                                                     "Hello",
                                                                     "Taken",
                                                                     "CheckpointRequest",
                                                                     "Checkpoint",
                                                                     "Heartbeat",
                                                                     "Echo",
                                                                     "Ping",
                                                                     "Election",
                                                                     "Answer",
                                                                     "Coordinator",
                                                                     "StatusRequest",
                                                                     "ProposerReport",
                                                                     "AcceptorReport",
                                                                     "LearnerReport",
                                                                     "ReadQuery",
                                                                     "ReadIndex"};
static_assert(!kTypeNames.back().empty());

[[nodiscard]] inline std::uint8_t type_of(const Message& message) noexcept {
    return static_cast<std::uint8_t>(message.index() + 1);
}

}  // namespace synod::wire
