#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "synod/core/batch.hpp"
#include "synod/core/message.hpp"
#include "synod/core/outbox.hpp"
#include "synod/core/time.hpp"

// The words the core's tests are written in. Ballots are b(round, proposer), instances i(n), pieces p(n),
// sessions s(n); values are texts, v("x").

namespace synod::test {

inline constexpr Incarnation kLife{7};

inline Ballot b(std::uint64_t round, std::uint16_t proposer = 1) {
    return {Round{round}, ProposerId{proposer}, kLife};
}
inline InstanceId i(std::uint64_t n) {
    return InstanceId{n};
}
inline Range range(std::uint64_t first, std::uint64_t end) {
    return {i(first), i(end)};
}
inline FewRanges ranges(std::initializer_list<Range> list) {
    FewRanges few;
    for (const Range& r : list)
        few.add(r);
    return few;
}
inline PieceNumber p(std::uint64_t n) {
    return PieceNumber{n};
}
inline SessionId s(std::uint64_t n) {
    return {n, ~n};
}
inline AcceptorId a(unsigned n) {
    return AcceptorId{static_cast<std::uint16_t>(n)};
}
inline Bytes v(std::string_view text) {
    return as_bytes(text);
}
inline std::string text(Bytes bytes) {
    return std::string(as_text(bytes));
}
inline std::string text(const std::vector<std::byte>& bytes) {
    return text(Bytes{bytes});
}

inline Time ms(std::uint64_t n) {
    return Time{} + milliseconds(n);
}
inline Time us(std::uint64_t n) {
    return Time{} + microseconds(n);
}

inline Sender process(Role role, unsigned id) {
    const auto narrow = static_cast<std::uint16_t>(id);
    return {role, narrow, kLife, {static_cast<std::uint32_t>(role) + 1, static_cast<std::uint16_t>(id + 1)}};
}
inline Sender acceptor(unsigned id) {
    return process(Role::acceptor, id);
}
inline Sender proposer(unsigned id = 1) {
    return process(Role::proposer, id);
}
inline Sender learner(unsigned id = 0) {
    return process(Role::learner, id);
}
inline Sender client(unsigned id = 0) {
    return process(Role::client, id);
}
inline Destination to(const Sender& process) {
    return Destination::to_process(process.endpoint);
}
inline Destination to_all(Role role) {
    return Destination::to_group(role);
}

// The messages of type M in an outbox, in their order, and where they go.
template <typename M>
std::vector<M> sent(const Outbox& outbox) {
    std::vector<M> found;
    for (const Send& send : outbox.sends) {
        if (const M* message = std::get_if<M>(&send.message)) found.push_back(*message);
    }
    return found;
}
template <typename M>
std::vector<Destination> destinations(const Outbox& outbox) {
    std::vector<Destination> found;
    for (const Send& send : outbox.sends) {
        if (std::holds_alternative<M>(send.message)) found.push_back(send.to);
    }
    return found;
}
template <typename R>
std::vector<R> stable(const Outbox& outbox) {
    std::vector<R> found;
    for (const StableRecord& record : outbox.stable) {
        if (const R* one = std::get_if<R>(&record)) found.push_back(*one);
    }
    return found;
}

// A run of pieces, encoded. `more`: its last piece does not end its value.
inline std::vector<std::byte> run_of(SessionId session, std::uint64_t first,
                                     const std::vector<std::string>& pieces, bool more = false) {
    BatchWriter writer(1 << 20);
    for (std::size_t k = 0; k < pieces.size(); ++k) {
        writer.add(session, p(first + k), v(pieces[k]), !(more && k + 1 == pieces.size()));
    }
    const Bytes bytes = writer.finish();
    return {bytes.begin(), bytes.end()};
}
// A run inside bytes that outlive it.
inline Run read(const std::vector<std::byte>& bytes) {
    return read_single_run(bytes).value();
}
inline std::vector<std::byte> joined(std::initializer_list<std::vector<std::byte>> parts) {
    std::vector<std::byte> all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}
// Every piece of a batch, as "session:number:text", with a + where the value goes on.
inline std::vector<std::string> pieces_of(Bytes batch) {
    std::vector<std::string> found;
    RunReader reader(batch);
    while (const auto run = reader.next()) {
        std::uint64_t number = run->first().value();
        run->for_each_piece(0, [&](Bytes piece, bool ends_value) {
            found.push_back(std::to_string(run->session().high) + ":" + std::to_string(number++) + ":" +
                            text(piece) + (ends_value ? "" : "+"));
        });
    }
    return found;
}

}  // namespace synod::test
