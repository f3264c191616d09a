// What the key-value store costs without a network: from a client's bytes to the reply, and of that the store
// alone.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "synod/rsm/connection.hpp"
#include "synod/rsm/replica.hpp"
#include "synod/rsm/store.hpp"

namespace synod::rsm {
namespace {

struct NoFacts : ServerFacts {
    [[nodiscard]] std::vector<Section> info() const override { return {}; }
    [[nodiscard]] Fields configuration() const override { return {}; }
    [[nodiscard]] bool is_full() const override { return false; }
    [[nodiscard]] std::string clients() const override { return {}; }
};

constexpr UnixTime kNow{1'700'000'000'000};
const std::string kValue(64, 'x');

std::string key(std::uint64_t number) {
    std::string digits = std::to_string(number);
    return "key:" + std::string(12 - digits.size(), '0') + digits;
}

std::string encoded(const std::vector<std::string_view>& words) {
    std::string bytes;
    encode_operation(bytes, Protocol::resp2, words);
    return bytes;
}

// As many operations as it takes to be out of step with the caches, in no order.
std::vector<std::string> operations(std::uint64_t keys, bool writes, bool with_deadline) {
    std::vector<std::string> all;
    std::uint64_t state = 1;
    for (int i = 0; i < 1 << 16; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const std::string k = key((state >> 33) % keys);
        if (!writes)
            all.push_back(encoded({"GET", k}));
        else if (with_deadline)
            all.push_back(encoded({"SET", k, kValue, "EX", "100"}));
        else
            all.push_back(encoded({"SET", k, kValue}));
    }
    return all;
}

void run(benchmark::State& state, bool writes, bool with_deadline) {
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Replica<Store> replica{Store{}};
    std::string reply;
    for (std::uint64_t i = 0; i < keys; ++i)
        replica.apply(kNow, as_bytes(encoded({"SET", key(i), kValue})), reply);
    const auto all = operations(keys, writes, with_deadline);
    std::size_t next = 0;
    for (auto _ : state) {
        reply.clear();
        replica.apply(kNow, as_bytes(all[next++ % all.size()]), reply);
        benchmark::DoNotOptimize(reply.data());
    }
    state.SetItemsProcessed(state.iterations());
}

void StoreGet(benchmark::State& state) {
    run(state, false, false);
}
BENCHMARK(StoreGet)->Arg(1000)->Arg(1'000'000);

void StoreSet(benchmark::State& state) {
    run(state, true, false);
}
BENCHMARK(StoreSet)->Arg(1000)->Arg(1'000'000);

void StoreSetWithDeadline(benchmark::State& state) {
    run(state, true, true);
}
BENCHMARK(StoreSetWithDeadline)->Arg(1000)->Arg(1'000'000);

void StoreInsert(benchmark::State& state) {
    Replica<Store> replica{Store{}};
    std::string reply;
    std::uint64_t next = 0;
    for (auto _ : state) {
        const std::string operation = encoded({"SET", key(next++), kValue});
        reply.clear();
        replica.apply(kNow, as_bytes(operation), reply);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(StoreInsert)->Iterations(1'000'000);

// A client's pipeline of 16, parsed, applied and answered.
void ConnectionSet(benchmark::State& state) {
    NoFacts facts;
    Connection connection(ClientInfo{}, facts);
    Replica<Store> replica{Store{}};
    std::string pipeline;
    for (std::uint64_t i = 0; i < 16; ++i)
        pipeline += "*3\r\n$3\r\nSET\r\n$16\r\n" + key(i * 7919) + "\r\n$64\r\n" + kValue + "\r\n";
    Connection::Request request;
    std::string reply;
    for (auto _ : state) {
        connection.receive(as_bytes(pipeline));
        while (connection.next(request)) {
            reply.clear();
            replica.apply(kNow, as_bytes(request.operation), reply);
            connection.answer(reply);
        }
        benchmark::DoNotOptimize(connection.output().data());
        connection.output().clear();
    }
    state.SetItemsProcessed(16 * state.iterations());
}
BENCHMARK(ConnectionSet);

void Snapshot(benchmark::State& state) {
    Replica<Store> replica{Store{}};
    std::string reply;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(state.range(0)); ++i)
        replica.apply(kNow, as_bytes(encoded({"SET", key(i), kValue})), reply);
    std::string bytes;
    for (auto _ : state) {
        bytes.clear();
        replica.snapshot(bytes);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}
BENCHMARK(Snapshot)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace synod::rsm
