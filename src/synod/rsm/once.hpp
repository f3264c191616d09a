#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

inline constexpr std::size_t kOnceClientBytesMax = 64;
// So begins the answer to a number above 1 of a client that is not kept; nothing was run for it.
inline constexpr std::string_view kOnceForgotten = "ERR nothing is known of this client any more";

// A client's numbered command: it may come several times, since a client that does not know what became of it
// sends it again, perhaps by another server.
struct Numbered {
    std::string_view client;     // a name that nobody else has
    std::uint64_t sequence = 0;  // from 1 on
};
//     numbered = kind:u8 client:text sequence:u64 command              kind 3, which no Operation has
void encode_once(std::string& out, const Numbered& numbered);
// Takes it off the front of the command. Nothing: it is not numbered, or malformed.
[[nodiscard]] std::optional<Numbered> take_once(Bytes& command);

// The last number of each client that numbers its commands, and the answer to it. A client whose number 1 is
// forgotten looks like a new one, so what takes much room goes first: the answers, of which it is then known
// only that their commands have run.
//
// L1. Each client has the use in which it was used last, and no two have the same.
// L2. A client is forgotten only for a new one, when there are kClientsMax, and no earlier than kKeptMs after
//     its last command; until then new ones are refused.
class LastAnswers {
public:
    static constexpr std::size_t kClientsMax = 10'000;
    static constexpr std::uint64_t kKeptMs = 60'000;         // of the log's time
    static constexpr std::size_t kAnswerBytesMax = 1 << 20;  // of one; a larger one is not kept
    static constexpr std::size_t kBytesMax = 64 << 20;       // of all; the oldest are dropped beyond it

    // What to answer without running the command; nothing: it is to be run, and remember() called.
    [[nodiscard]] std::optional<std::string_view> find(const Numbered& numbered, UnixTime now) const;
    void remember(const Numbered& numbered, UnixTime now, std::string_view answer);

    [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }
    void check_invariants() const;
    //     answers = count ( client:text sequence:u64 time:u64 kept:u8 [answer:text] )*
    // in the order in which the clients were used, the last at the end.
    void snapshot(std::string& out) const;
    // Into an empty one; takes it off the front. False: malformed.
    [[nodiscard]] bool restore(Bytes& snapshot);

private:
    struct Last {
        std::uint64_t sequence = 0;
        std::uint64_t use = 0;
        UnixTime time;
        std::optional<std::string> answer;
    };
    using Clients = std::map<std::string, Last, std::less<>>;

    [[nodiscard]] bool has_room(UnixTime now) const;
    void add(std::string client, Last last);
    void forget(Clients::iterator client);
    void drop_answer(Last& last);

    Clients clients_;
    std::uint64_t uses_ = 0;
    std::map<std::uint64_t, std::string> by_use_;
    std::set<std::uint64_t> answered_;  // those of by_use_ whose answers are kept
    std::size_t bytes_ = 0;             // of answers
};

// A state machine that runs each numbered command once; and those without a number as they come.
template <StateMachine M>
class Once {
public:
    static constexpr SnapshotFormat kSnapshotFormat{"synod.once", 3};

    explicit Once(M machine = M{}) : machine_(std::move(machine)) {}

    void apply(const LogEntry& entry, std::string& reply) {
        LogEntry inner = entry;
        const auto numbered = take_once(inner.command);
        if (!numbered) return machine_.apply(inner, reply);
        if (const auto known = last_.find(*numbered, entry.time)) {
            reply += *known;
            return;
        }
        const std::size_t begin = reply.size();
        machine_.apply(inner, reply);
        last_.remember(*numbered, entry.time, std::string_view(reply).substr(begin));
    }
    void snapshot(std::string& out) const {
        last_.snapshot(out);
        machine_.snapshot(out);
    }
    [[nodiscard]] bool restore(Bytes snapshot) {
        LastAnswers last;
        if (!last.restore(snapshot) || !machine_.restore(snapshot)) return false;
        last_ = std::move(last);
        return true;
    }
    [[nodiscard]] const M& machine() const noexcept { return machine_; }
    [[nodiscard]] const LastAnswers& last() const noexcept { return last_; }

private:
    M machine_;
    LastAnswers last_;
};

}  // namespace synod::rsm
