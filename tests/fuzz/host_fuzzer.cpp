// libFuzzer: live roles, fed with whatever datagrams. No datagram may kill a process, so whatever comes in
// here must end in a refusal or in a step that keeps every invariant.
//
// The input is a list of actions: a byte that says which role it is for and who sends; then, for a datagram,
// its type, its length and its body. Header and checksum are made here, or nothing would get past them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "synod/host/host.hpp"
#include "synod/wire/header.hpp"

namespace synod {
namespace {

constexpr std::uint64_t kCluster = 1;
constexpr std::uint64_t kRun = 2;
constexpr Incarnation kOurs{7};
// Of memory made and cleared for each input no more than it can use.
constexpr InstanceLog::Options kLog{.chunk_bytes = 64 << 10, .instances_max = 1 << 12};

class Nowhere : public host::Transport {
public:
    void send(Destination, Bytes, Bytes) override {}
    void flush() override {}
};

class Input {
public:
    explicit Input(Bytes bytes) : rest_(bytes) {}
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    std::uint8_t byte() { return take(1).empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(last_[0]); }
    Bytes take(std::size_t size) {
        last_ = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(last_.size());
        return last_;
    }

private:
    Bytes rest_;
    Bytes last_;
};

struct Roles {
    Nowhere nowhere;
    host::Host acceptor;
    host::Host proposer;
    host::Host learner;
    host::Host client;

    static host::Host::Options options() { return {kCluster, kRun, 3, kOurs, 1}; }
    Roles()
        : acceptor(options(), nowhere, nullptr),
          proposer(options(), nowhere, nullptr),
          learner(options(), nowhere, nullptr),
          client(options(), nowhere, nullptr) {
        acceptor.add(Acceptor::Options{.id = AcceptorId{1},
                                       .incarnation = kOurs,
                                       .history_bytes = 1 << 20,
                                       .instances_max = kLog.instances_max});
        proposer.add(Proposer::Options{.id = ProposerId{1}, .incarnation = kOurs, .log = kLog}, Time{});
        learner.add(Learner::Options{.id = LearnerId{1}, .log = kLog});
        client.add(1, Client::Options{.session = {1, 1}});
        static_cast<void>(learner.role<Learner>()->begin_read());
        static_cast<void>(client.role<Client>()->write(as_bytes("a value"), true, Time{}));
    }
    host::Host& pick(unsigned which) {
        host::Host* const all[] = {&acceptor, &proposer, &learner, &client};
        return *all[which % 4];
    }
    void check() {
        acceptor.role<Acceptor>()->check_invariants();
        proposer.role<Proposer>()->check_invariants();
        learner.role<Learner>()->check_invariants();
        client.role<Client>()->check_invariants();
    }
};

std::vector<std::byte> datagram(std::uint8_t who, std::uint8_t type, Bytes body) {
    wire::Header header;
    header.type = static_cast<std::uint8_t>(type % 32);
    header.length = static_cast<std::uint32_t>(wire::kHeaderBytes + body.size());
    header.role = who % 4;
    header.id = static_cast<std::uint16_t>(who / 4 % 4);
    header.cluster = kCluster;
    header.run = kRun;
    header.incarnation = who / 16 % 2 == 0 ? 9 : kOurs.value();
    std::vector<std::byte> bytes(wire::kHeaderBytes);
    wire::write_header(header, bytes.data());
    bytes.insert(bytes.end(), body.begin(), body.end());
    store(bytes.data() + wire::kChecksumOffset, wire::checksum_of(bytes));
    return bytes;
}

}  // namespace
}  // namespace synod

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace synod;
    Input input({reinterpret_cast<const std::byte*>(data), size});
    Roles roles;
    Time now{1'000'000};
    while (!input.empty()) {
        const std::uint8_t action = input.byte();
        host::Host& host = roles.pick(action);
        if (action & 0x80) {
            now = now + microseconds(std::uint64_t{1} << input.byte() % 24);
            host.tick(now);
            host.flush(now);
        } else {
            const std::uint8_t who = input.byte();
            const std::uint8_t type = input.byte();
            const std::size_t length = input.byte() * std::size_t{action & 0x40 ? 16u : 1u};
            host.receive(datagram(who, type, input.take(length)), Endpoint{1, 1}, now);
            if (action & 0x20) host.flush(now);
        }
    }
    roles.check();
    return 0;
}
