#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "synod/rsm/state_machine.hpp"

namespace synod::rsm {

inline constexpr std::size_t kOnceClientBytesMax = 64;

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

// The last answer of each client that numbers its commands; of those used last, if there are too many.
class LastAnswers {
public:
    static constexpr std::size_t kClientsMax = 10'000;
    static constexpr std::size_t kAnswerBytesMax = 1 << 20;  // of one; a larger one is not kept
    static constexpr std::size_t kBytesMax = 64 << 20;       // of all

    // What to answer without running the command; nothing: it is to be run, and remember() called.
    [[nodiscard]] std::optional<std::string_view> find(const Numbered& numbered) const;
    void remember(const Numbered& numbered, Position position, std::string_view answer);

    [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }
    void snapshot(std::string& out) const;
    // Into an empty one; takes it off the front. False: malformed.
    [[nodiscard]] bool restore(Bytes& snapshot);

private:
    struct Last {
        std::uint64_t sequence = 0;
        Position position;
        std::string answer;
    };
    using Clients = std::map<std::string, Last, std::less<>>;

    void add(std::string client, Last last);
    void forget(Clients::iterator client);

    Clients clients_;
    std::map<Position, std::string> by_use_;
    std::size_t bytes_ = 0;  // of answers
};

// A state machine that runs each numbered command once; and those without a number as they come.
template <StateMachine M>
class Once {
public:
    static constexpr SnapshotFormat kSnapshotFormat{"synod.once", 1};

    explicit Once(M machine = M{}) : machine_(std::move(machine)) {}

    void apply(const LogEntry& entry, std::string& reply) {
        LogEntry inner = entry;
        const auto numbered = take_once(inner.command);
        if (!numbered) return machine_.apply(inner, reply);
        if (const auto known = last_.find(*numbered)) {
            reply += *known;
            return;
        }
        const std::size_t begin = reply.size();
        machine_.apply(inner, reply);
        last_.remember(*numbered, entry.position, std::string_view(reply).substr(begin));
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

private:
    M machine_;
    LastAnswers last_;
};

}  // namespace synod::rsm
