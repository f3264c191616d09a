// libFuzzer: a client's stream of bytes, to its connection and the store behind it. The same bytes go in
// whole and in pieces, and must come to the same replies and the same state; operations that no connection
// makes go in beside them; and the state must survive its snapshot.
//
// The input: a byte that says how large the pieces are, the length of the stream in two bytes, the stream,
// then an operation, which is taken for a state, too.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "rsm/rsm_test.hpp"
#include "synod/core/check.hpp"

namespace synod::rsm {
namespace {

// Small, so that a few bytes of input reach them; a number with a fraction may have 4,951 characters.
constexpr std::size_t kValueBytesMax = 6000;
constexpr RequestLimits kLimits{
    .line_bytes_max = 64, .arguments_max = 16, .argument_bytes_max = 200, .request_bytes_max = 500};

struct NoFacts : ServerFacts {
    [[nodiscard]] std::vector<Section> info() const override { return {{"Server", {{"a", "b"}}}}; }
    [[nodiscard]] Fields configuration() const override { return {{"save", ""}}; }
    [[nodiscard]] bool is_full() const override { return false; }
    [[nodiscard]] std::string clients() const override { return "id=1\n"; }
};

class Server {
public:
    void receive(std::string_view bytes) {
        connection_.receive(as_bytes(bytes));
        output_ += test::serve(
            connection_, [this](std::string_view operation, std::string& reply) { apply(operation, reply); });
        SYNOD_CHECK(connection_.unread_bytes() <= kLimits.request_bytes_max + kLimits.line_bytes_max);
        SYNOD_CHECK(connection_.unanswered() == 0);
    }
    void apply(std::string_view operation, std::string& reply) {
        now_.ms += 7;
        replica_.apply(now_, as_bytes(operation), reply);
    }
    [[nodiscard]] std::string snapshot() const {
        replica_.machine().keys().check_invariants();
        std::string bytes;
        replica_.snapshot(bytes);
        return bytes;
    }
    void restore(std::string_view snapshot) { SYNOD_CHECK(!replica_.restore(as_bytes(snapshot))); }
    [[nodiscard]] const std::string& output() const { return output_; }

private:
    NoFacts facts_;
    Connection connection_{ClientInfo{.id = 1, .address = "fuzz"}, facts_, kLimits};
    std::string output_;
    Replica<Store> replica_{Store{kValueBytesMax}};
    UnixTime now_{1'000'000};
};

}  // namespace
}  // namespace synod::rsm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace synod;
    if (size < 3) return 0;
    const std::size_t piece = 1 + data[0] % 32;
    std::string_view rest(reinterpret_cast<const char*>(data) + 3, size - 3);
    const std::string_view stream = rest.substr(0, data[1] | data[2] << 8);
    rest.remove_prefix(stream.size());

    rsm::Server whole;
    rsm::Server pieces;
    whole.receive(stream);
    for (std::size_t at = 0; at < stream.size(); at += piece)
        pieces.receive(stream.substr(at, piece));
    SYNOD_CHECK(whole.output() == pieces.output());

    std::string reply;
    whole.apply(rest, reply);
    SYNOD_CHECK(rsm::end_of_reply(reply) == reply.size());
    const std::string snapshot = whole.snapshot();
    pieces.restore(snapshot);
    SYNOD_CHECK(pieces.snapshot() == snapshot);

    rsm::Store store(rsm::kValueBytesMax);
    if (store.restore(as_bytes(rest))) store.keys().check_invariants();
    return 0;
}
