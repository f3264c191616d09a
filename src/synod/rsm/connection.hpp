#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "synod/core/bytes.hpp"
#include "synod/rsm/client_commands.hpp"
#include "synod/rsm/command.hpp"
#include "synod/rsm/operation.hpp"
#include "synod/rsm/protocol.hpp"
#include "synod/rsm/request_parser.hpp"

namespace synod::rsm {

// One client of the Redis protocol, from its bytes to operations for the log, and from their answers to its
// bytes. It owns no socket: who does feeds it, submits the operations that it gives in their order, hands
// back the answers in the same order, and sends what it puts out.
//
// N1. Replies come in the order of the requests, whether the store answers them or the connection by itself.
// N2. It parses only when it is asked for an operation, so who stops asking stops it, and it stops by itself
//     at kSaidMax of replies that wait: memory is bounded by the limits and by what is fed and not taken.
// N3. EXEC runs only if each watched key has at its place in the log the version that it had when WATCH was
//     answered. So nothing is parsed behind a WATCH until it is answered.
class Connection {
public:
    static constexpr std::size_t kSaidMax = 1 << 20;

    struct Request {
        std::string operation;
        bool read_only = false;  // Store::query answers it, too
        bool of_time = false;    // the answer tells what time it is
    };

    // `server` must outlive the connection.
    Connection(ClientInfo client, const ServerFacts& server, RequestLimits limits = {});

    // What came from the client.
    void receive(Bytes bytes);
    // The next operation, if the client has asked for one. False: it has not, or an answer must come first,
    // or much is said that waits to be sent, or the connection is to be closed.
    [[nodiscard]] bool next(Request& request);
    // The answer to the oldest operation that has none yet.
    void answer(std::string_view reply);
    // Nobody is there any more, or it is unknown what one of the answers is: nothing is read, said, or held
    // from now on. No answer may be given either.
    void abandon() noexcept;

    // To be sent. Who sends it takes it out.
    [[nodiscard]] std::string& output() noexcept { return output_; }
    [[nodiscard]] const std::string& output() const noexcept { return output_; }
    // Nothing more is read: to be closed when all is answered and sent.
    [[nodiscard]] bool is_closing() const noexcept { return closing_; }
    // ... and then the client is to be sent a snapshot of the server's state.
    [[nodiscard]] bool wants_snapshot() const noexcept { return wants_snapshot_; }
    // ... of this log, in the client's words: "RUN CLUSTER".
    [[nodiscard]] const std::string& snapshot_of() const noexcept { return snapshot_of_; }
    // Operations that have no answer yet.
    [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_.size(); }
    // That the client sent and that were not taken yet.
    [[nodiscard]] std::size_t unread_bytes() const noexcept { return parser_.held_bytes(); }
    // What it has said: to be sent, or behind operations that have no answer yet.
    [[nodiscard]] std::size_t said_bytes() const noexcept {
        return output_.size() + said_behind_ + (unanswered_.empty() ? 0 : unanswered_.back().then.size());
    }
    // In memory.
    [[nodiscard]] std::size_t held_bytes() const noexcept {
        return parser_.memory_bytes() + said_bytes() + held_for_exec() + client_.name.size();
    }
    [[nodiscard]] const ClientInfo& client() const noexcept { return client_; }

private:
    enum class Awaited : std::uint8_t {
        reply,
        reply_in_resp3,  // whatever the client speaks
        versions,
        transaction,
    };
    struct Unanswered {
        Awaited what;
        Protocol protocol;  // that the client spoke when it asked
        std::string then;   // what the connection has to say after it
    };
    // A queued command that the connection answers by itself, at its place in the transaction.
    struct OwnCommand {
        std::size_t place;
        const Command* command;
        std::vector<std::string> words;
    };

    [[nodiscard]] bool take(Arguments arguments, Request& request);
    void refuse(Arguments arguments, std::string_view error);
    [[nodiscard]] bool control(const Command& command, Arguments arguments, Request& request);
    void queue(const Command& command, Arguments arguments);
    [[nodiscard]] bool watch(Arguments arguments, Request& request);
    [[nodiscard]] bool exec(Request& request);
    [[nodiscard]] bool once(Arguments arguments, Request& request);
    void multi();
    void discard();
    void reset();
    void end_transaction();
    void forget_watched();

    void await(Awaited what, Request& request, bool read_only, bool of_time = false);
    void settle(std::string_view reply);
    void translate(std::string_view reply);
    void remember_versions(std::string_view reply);
    void merge_own_replies(std::string_view reply);
    void run_own(const OwnCommand& own, std::string& out);

    // Where the connection's own replies go now.
    [[nodiscard]] std::string& out() noexcept {
        return unanswered_.empty() ? output_ : unanswered_.back().then;
    }
    [[nodiscard]] ReplyWriter reply() noexcept { return {out(), client_.protocol}; }
    [[nodiscard]] std::size_t held_for_exec() const noexcept {
        return queue_.bytes() + own_bytes_ + watched_bytes_;
    }

    ClientInfo client_;
    const ServerFacts& server_;
    RequestLimits limits_;
    RequestParser parser_;
    std::string output_;
    std::deque<Unanswered> unanswered_;
    std::size_t said_behind_ = 0;  // all of them but the last
    bool closing_ = false;
    bool wants_snapshot_ = false;
    std::string snapshot_of_;
    bool must_be_answered_first_ = false;

    // Between MULTI and EXEC.
    bool in_transaction_ = false;
    bool has_refused_ = false;  // a command that was to be queued
    TransactionQueue queue_;
    bool queue_grows_ = false;  // one of the queued commands may need more memory
    std::vector<OwnCommand> own_;
    std::size_t own_bytes_ = 0;

    std::map<std::string, std::uint64_t, std::less<>> watched_;  // versions by keys
    std::size_t watched_bytes_ = 0;
    std::vector<std::string> asked_versions_of_;
};

}  // namespace synod::rsm
