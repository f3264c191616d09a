#include "synod/server/state.hpp"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>

#include "synod/rsm/encoding.hpp"

namespace synod::server {
namespace {

constexpr SessionId kFirst{7, 1};
constexpr SessionId kSecond{7, 2};
constexpr LogName kLogOfState{3, 5};

void set(State& state, std::string_view key, std::string_view value) {
    const std::array<std::string_view, 3> words{"SET", key, value};
    std::string operation;
    rsm::encode_operation(operation, rsm::Protocol::resp2, words);
    std::string reply;
    state.replica.apply({1000}, as_bytes(operation), reply);
}

std::vector<std::byte> batch(SessionId session, std::uint64_t number, std::string_view piece, bool ends) {
    BatchWriter writer(4096);
    writer.add(session, PieceNumber{number}, as_bytes(piece), ends);
    std::vector<std::byte> bytes;
    writer.take(bytes);
    return bytes;
}

std::vector<std::string> deliver(Delivery& delivery, const std::vector<std::byte>& batch) {
    std::vector<std::string> values;
    delivery.deliver(batch, [&](SessionId, Bytes value) { values.emplace_back(as_text(value)); });
    return values;
}

State some_state() {
    State state;
    state.next = InstanceId{42};
    set(state, "a", "1");
    set(state, "b", "2");
    deliver(state.delivery, batch(kFirst, 0, "whole", true));
    deliver(state.delivery, batch(kSecond, 0, "first half, ", false));
    return state;
}

std::optional<State> decode(const std::string& bytes) {
    std::string fault;
    auto state = decode_state(as_bytes(bytes), kLogOfState, fault);
    EXPECT_EQ(fault.empty(), state.has_value());
    return state;
}

TEST(State, WhatASnapshotCarriesGoesOnAsItWas) {
    std::string bytes;
    encode(some_state(), kLogOfState, bytes);
    auto state = decode(bytes);
    ASSERT_TRUE(state.has_value());
    EXPECT_EQ(state->next, InstanceId{42});
    EXPECT_EQ(state->replica.position(), rsm::Position{2});
    EXPECT_EQ(state->replica.time().ms, 1000);
    EXPECT_TRUE(deliver(state->delivery, batch(kFirst, 0, "whole", true)).empty());
    EXPECT_EQ(deliver(state->delivery, batch(kSecond, 1, "second half", true)),
              std::vector<std::string>{"first half, second half"});
    std::string again;
    encode(*decode(bytes), kLogOfState, again);
    EXPECT_EQ(again, bytes);
}

TEST(State, NoDamagedOrCutSnapshotIsTaken) {
    std::string bytes;
    encode(some_state(), kLogOfState, bytes);
    for (std::size_t size = 0; size < bytes.size(); size += 7)
        EXPECT_FALSE(decode(bytes.substr(0, size)).has_value()) << size;
    for (std::size_t at = 0; at < bytes.size(); at += 5) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
        EXPECT_FALSE(decode(damaged).has_value()) << at;
    }
}

TEST(State, NoneOfAnotherRunOrClusterIsTaken) {
    std::string bytes;
    encode(some_state(), kLogOfState, bytes);
    std::string fault;
    EXPECT_FALSE(decode_state(as_bytes(bytes), {4, 5}, fault).has_value());
    EXPECT_EQ(fault, "of another run; stop the server that sent it");
    EXPECT_FALSE(decode_state(as_bytes(bytes), {3, 6}, fault).has_value());
    EXPECT_EQ(fault, "of another cluster; stop the server that sent it");
    EXPECT_EQ(to_string(kLogOfState), "0000000000000003 0000000000000005");
}

TEST(State, NoneThatCountsFurtherThanALogCanIsTaken) {
    State state = some_state();
    state.next = InstanceId{(std::uint64_t{1} << 62) + 1};
    std::string bytes;
    encode(state, kLogOfState, bytes);
    std::string fault;
    EXPECT_FALSE(decode_state(as_bytes(bytes), kLogOfState, fault).has_value());
    EXPECT_EQ(fault, "of an instance that no log comes to");
    Sessions sessions;
    const SessionEntry endless{kFirst, PieceNumber{~std::uint64_t{0}}};
    sessions.append({&endless, 1});
    state = some_state();
    state.delivery = Delivery(std::move(sessions));
    bytes.clear();
    encode(state, kLogOfState, bytes);
    EXPECT_FALSE(decode_state(as_bytes(bytes), kLogOfState, fault).has_value());
    EXPECT_EQ(fault, "malformed: its sessions");
}

TEST(State, OneWhosePlaceOrTimeIsNotThatOfItsStoreIsNotTaken) {
    const auto fault_of = [](const rsm::SnapshotPoint& whole, const rsm::SnapshotPoint& store) {
        std::string bytes;
        rsm::begin_snapshot(kStateFormat, whole, bytes);
        rsm::Encoder encoder(bytes);
        for (const std::uint64_t number : {std::uint64_t{42}, kLogOfState.run, kLogOfState.cluster})
            encoder.integer(number);
        encoder.length(0);  // sessions
        encoder.length(0);  // open values
        const std::size_t begin = bytes.size();
        rsm::begin_snapshot(rsm::Once<rsm::Store>::kSnapshotFormat, store, bytes);
        some_state().replica.machine().snapshot(bytes);  // its time is 1000
        rsm::end_snapshot(begin, bytes);
        rsm::end_snapshot(0, bytes);
        std::string fault;
        const bool is_taken = decode_state(as_bytes(bytes), kLogOfState, fault).has_value();
        EXPECT_EQ(is_taken, fault.empty());
        return fault;
    };
    const std::string other = "malformed: its place in the log and its time are not those of its store";
    using rsm::Position;
    EXPECT_EQ(fault_of({Position{2}, {1000}}, {Position{2}, {1000}}), "");
    EXPECT_EQ(fault_of({Position{2}, {1001}}, {Position{2}, {1001}}), "");
    EXPECT_EQ(fault_of({Position{2}, {999}}, {Position{2}, {999}}), other);
    EXPECT_EQ(fault_of({Position{2}, {1000}}, {Position{3}, {1000}}), other);
    EXPECT_EQ(fault_of({Position{2}, {1001}}, {Position{2}, {1000}}), other);
}

TEST(State, OneThatIsFurtherDoesNotKnowLess) {
    State further = some_state();
    EXPECT_FALSE(knows_less(further, some_state(), kFirst));
    EXPECT_TRUE(knows_less(State{}, further, kFirst));
    deliver(further.delivery, batch(kFirst, 1, "more", true));
    EXPECT_FALSE(knows_less(further, some_state(), kFirst));
    EXPECT_TRUE(knows_less(some_state(), further, kFirst));
    EXPECT_FALSE(knows_less(some_state(), further, kSecond));
}

TEST(State, AValueThatIsTooLargeStaysSo) {
    State state;
    state.delivery.go_on_with(kFirst, {}, true);
    std::string bytes;
    encode(state, kLogOfState, bytes);
    bool too_large = false;
    decode(bytes)->delivery.for_each_open([&](SessionId, Bytes, bool large) { too_large = large; });
    EXPECT_TRUE(too_large);
}

}  // namespace
}  // namespace synod::server
