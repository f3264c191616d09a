// What the steps of the core cost, without a network: bytes and instances a second of one core.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "synod/core/acceptor.hpp"
#include "synod/core/batch.hpp"
#include "synod/core/delivery.hpp"
#include "synod/core/learner.hpp"

namespace synod {
namespace {

constexpr SessionId kSession{1, 2};

// A batch of `bytes`, full of values of `value_bytes`.
std::vector<std::byte> full_batch(std::size_t bytes, std::size_t value_bytes, PieceNumber first) {
    BatchWriter writer(bytes);
    const std::vector<std::byte> value(value_bytes);
    while (writer.add(kSession, first.plus(writer.pieces()), value, true)) {
    }
    const Bytes batch = writer.finish();
    return {batch.begin(), batch.end()};
}

Reign reign(std::uint64_t decided_below) {
    return {Ballot{Round{1}, ProposerId{1}, Incarnation{1}}, InstanceId{}, InstanceId{decided_below}};
}

void PackValues(benchmark::State& state) {
    const auto value_bytes = static_cast<std::size_t>(state.range(0));
    BatchWriter writer(16 << 10);
    const std::vector<std::byte> value(value_bytes);
    std::uint64_t number = 0;
    for (auto _ : state) {
        if (!writer.add(kSession, PieceNumber{number}, value, true)) {
            benchmark::DoNotOptimize(writer.finish().data());
            writer.clear();
        } else {
            ++number;
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(number));
}
BENCHMARK(PackValues)->Arg(16)->Arg(64)->Arg(1024);

void DeliverValues(benchmark::State& state) {
    const auto value_bytes = static_cast<std::size_t>(state.range(0));
    Delivery delivery;
    PieceNumber next;
    std::uint64_t values = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const auto batch = full_batch(16 << 10, value_bytes, next);
        state.ResumeTiming();
        delivery.deliver(batch, [&](SessionId, Bytes value) {
            benchmark::DoNotOptimize(value.data());
            ++values;
        });
        next = delivery.sessions().next(kSession);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(values));
}
BENCHMARK(DeliverValues)->Arg(16)->Arg(64)->Arg(1024);

void AcceptorVotes(benchmark::State& state) {
    const auto batch = full_batch(static_cast<std::size_t>(state.range(0)), 64, PieceNumber{});
    Acceptor acceptor({.id = AcceptorId{1}, .history_bytes = 16 << 20});
    Outbox outbox;
    std::uint64_t instance = 0;
    for (auto _ : state) {
        acceptor.on(Accept{reign(instance), InstanceId{instance}, batch}, Sender{}, Time{}, outbox);
        if (++instance % 16 == 0) acceptor.flush(Time{}, outbox);
        outbox.clear();
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(AcceptorVotes)->Arg(1 << 10)->Arg(16 << 10);

void LearnerDecides(benchmark::State& state) {
    const auto batch = full_batch(static_cast<std::size_t>(state.range(0)), 64, PieceNumber{});
    Learner learner({.id = LearnerId{1}, .acceptors = 3, .log = {}, .repair = {}});
    Outbox outbox;
    std::uint64_t instance = 0;
    for (auto _ : state) {
        learner.on(Accept{reign(instance), InstanceId{instance}, batch}, Sender{}, Time{}, outbox);
        for (std::uint16_t a = 1; a <= 3; ++a) {
            Accepted accepted{AcceptorId{a}, reign(0).ballot, InstanceId{}, InstanceId{instance + 1}, 0, {}};
            accepted.voted.add({InstanceId{instance}, InstanceId{instance + 1}});
            learner.on(accepted, Sender{}, Time{}, outbox);
        }
        ++instance;
        while (learner.front())
            learner.pop();
        outbox.clear();
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(LearnerDecides)->Arg(1 << 10)->Arg(16 << 10);

}  // namespace
}  // namespace synod
