// What encoding and decoding cost: the checksum runs over every byte.

#include <benchmark/benchmark.h>

#include <vector>

#include "synod/wire/codec.hpp"

namespace synod {
namespace {

const wire::Identity kProposer{1, 2, Role::proposer, 1, Incarnation{3}};
const Reign kReign{Ballot{Round{1}, ProposerId{1}, Incarnation{3}}, InstanceId{}, InstanceId{7}};

void EncodeAccept(benchmark::State& state) {
    const std::vector<std::byte> batch(static_cast<std::size_t>(state.range(0)));
    wire::Encoder encoder(kProposer);
    wire::Scratch scratch;
    const Message message = Accept{kReign, InstanceId{9}, batch};
    for (auto _ : state) {
        benchmark::DoNotOptimize(encoder.encode(message, scratch).head.data());
        scratch.clear();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(EncodeAccept)->Arg(64)->Arg(1 << 10)->Arg(16 << 10);

void DecodeAccept(benchmark::State& state) {
    const std::vector<std::byte> batch(static_cast<std::size_t>(state.range(0)));
    wire::Encoder encoder(kProposer);
    wire::Scratch scratch;
    const Message message = Accept{kReign, InstanceId{9}, batch};
    const wire::Encoded encoded = encoder.encode(message, scratch);
    std::vector<std::byte> datagram(encoded.head.begin(), encoded.head.end());
    datagram.insert(datagram.end(), encoded.body.begin(), encoded.body.end());
    wire::Decoder decoder(1, 2, 3);
    for (auto _ : state) {
        if (!decoder.decode(datagram)) state.SkipWithError("refused");
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(DecodeAccept)->Arg(64)->Arg(1 << 10)->Arg(16 << 10);

}  // namespace
}  // namespace synod
